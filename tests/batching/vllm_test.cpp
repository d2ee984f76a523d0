// SPDX-License-Identifier: Apache-2.0
//
// Chunked continuous batching against a serving engine that was measured: the same requests, with
// four times of the device that were read off its profile. Nothing here was fitted to this test.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/batching/stage.h"

namespace penstock::sim {
namespace {

// Seconds.
struct Means {
    double first_token = 0;
    double per_token = 0;
    double whole = 0;
    double makespan = 0;
};

struct Measured {
    RawTrace trace{.file = "requests.jsonl"};
    Means means{};
};

Measured measured() {
    std::ifstream file(PENSTOCK_MACHINES "/vllm_rtx4090/requests.jsonl");
    std::vector<nlohmann::json> lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(nlohmann::json::parse(line));
    }
    double begin = std::numeric_limits<double>::max();
    double end = 0;
    for (const nlohmann::json& line : lines) {
        begin = std::min(begin, line["queued_ts"].get<double>());
        end = std::max(end, line["last_token_ts"].get<double>());
    }
    Measured all;
    const auto count = static_cast<double>(lines.size());
    for (const nlohmann::json& line : lines) {
        const double queued = line["queued_ts"].get<double>();
        const double first = line["first_token_ts"].get<double>();
        const double last = line["last_token_ts"].get<double>();
        const auto output = line["output_toks"].get<std::uint32_t>();
        const auto number = static_cast<std::uint32_t>(all.trace.rows.size());
        all.trace.rows.push_back({.id = number,
                                  .arrival_us = std::llround((queued - begin) * 1e6),
                                  .prompt = line["input_toks"].get<std::uint32_t>(),
                                  .output = output,
                                  .predicted = output});
        all.trace.by_id.push_back(number);
        all.means.first_token += (first - queued) / count;
        all.means.whole += (last - queued) / count;
        all.means.per_token += (last - first) / std::max(output - 1, 1U) / count;
    }
    all.means.makespan = end - begin;
    return all;
}

constexpr const char* rtx_4090 = R"({"mode": "continuous", "kv_capacity_tokens": 41408,
    "b_max": 256,
    "step": {"kind": "chunked", "token_budget": 2048, "block": 16, "kv": "paged",
             "c0": 0.003, "w": 0.0152, "c_tok": 88.5e-6, "c_kv": 0.15e-6}})";

// Both are told to the figures.
void compare(const std::string& name, double simulated, double measured) {
    constexpr double bar = 0.05;
    EXPECT_NEAR(simulated, measured, bar * measured) << name;
    testing::Test::RecordProperty(name + "_simulated_s", fmt::format("{:.6f}", simulated));
    testing::Test::RecordProperty(name + "_measured_s", fmt::format("{:.6f}", measured));
}

TEST(MeasuredEngine, takes_as_long_as_the_simulated_one) {
    Measured all = measured();
    ASSERT_EQ(all.trace.rows.size(), 300U);
    const Means expected = all.means;
    const BatchingFigures figures = run_of(inputs_of(std::move(all.trace), rtx_4090)).figures;
    const Means simulated{.first_token = figures.first_token.mean_ns * 1e-9,
                          .per_token = figures.per_token.mean_ns * 1e-9,
                          .whole = figures.latency.mean_ns * 1e-9,
                          .makespan = static_cast<double>(figures.makespan_ns) * 1e-9};
    compare("ttft", simulated.first_token, expected.first_token);
    compare("tpot", simulated.per_token, expected.per_token);
    compare("e2e", simulated.whole, expected.whole);
    compare("makespan", simulated.makespan, expected.makespan);
    EXPECT_GT(figures.evictions, 100U) << "the engine was short of memory, and so must this be";
}

}  // namespace
}  // namespace penstock::sim
