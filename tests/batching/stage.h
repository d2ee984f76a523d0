// SPDX-License-Identifier: Apache-2.0
//
// Stage: requests and configurations for tests of the batching simulator, written down or random.

#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <ranges>
#include <string>
#include <vector>

#include "sim/batching/batching_run.h"
#include "sim/batching/event_log.h"
#include "tests/property/dice.h"

namespace penstock::sim {

// When it comes, in us, and its tokens; the prediction is right.
struct Asked {
    std::int64_t arrival_us = 0;
    std::uint32_t prompt = 1;
    std::uint32_t output = 1;
};

// Their ids count from 0.
// In the order of their numbers.
inline void number(RawTrace& raw) {
    const auto count = static_cast<std::uint32_t>(raw.rows.size());
    raw.by_id.resize(count);
    std::ranges::copy(std::views::iota(0U, count), raw.by_id.begin());
}

inline RawTrace trace_of(std::initializer_list<Asked> all) {
    RawTrace raw{.file = "requests.csv"};
    for (const Asked& asked : all) {
        raw.rows.push_back({.id = static_cast<std::int64_t>(raw.rows.size()),
                            .arrival_us = asked.arrival_us,
                            .prompt = asked.prompt,
                            .output = asked.output,
                            .predicted = asked.output});
    }
    number(raw);
    return raw;
}

inline RawTrace some_trace(Dice& dice, std::uint32_t most = 60) {
    RawTrace raw{.file = "requests.csv"};
    const std::uint32_t count = 1 + dice.below(most);
    const std::uint32_t apart_us = dice.one_in(4) ? 1 : dice.below(60'000) + 1;
    const std::uint32_t tokens = 1 + dice.below(300);
    std::int64_t now_us = 0;
    for (std::uint32_t number = 0; number < count; ++number) {
        now_us += dice.below(apart_us);
        const std::uint32_t output = 1 + dice.below(tokens);
        raw.rows.push_back({.id = number,
                            .arrival_us = now_us,
                            .prompt = 1 + dice.below(tokens),
                            .output = output,
                            .predicted = dice.one_in(2) ? output : 1 + dice.below(tokens)});
    }
    number(raw);
    return raw;
}

inline ConfigValues values_of(std::string_view text) {
    Result<ConfigValues> values = ConfigValues::parse("config.json", text);
    EXPECT_TRUE(values) << values.error().message();
    return values.value_or(ConfigValues{});
}

inline BatchingInputs inputs_of(RawTrace trace, std::string_view config) {
    return {.trace = std::move(trace), .values = values_of(config)};
}

// Of what must be run without objection.
inline BatchingRun run_of(const BatchingInputs& inputs,
                          const std::vector<std::string>& changes = {}) {
    Result<BatchingRun> run = run_batching(inputs, changes);
    EXPECT_TRUE(run) << run.error().message();
    return run ? std::move(*run) : BatchingRun{};
}

inline std::uint64_t digest_with(const BatchingInputs& inputs,
                                 const std::vector<std::string>& changes) {
    return run_of(inputs, changes).figures.digest;
}

inline std::string log_of(const BatchingInputs& inputs) {
    EventLog log;
    const Result<BatchingRun> run = run_batching(inputs, {}, {.watches = {&log}});
    EXPECT_TRUE(run) << run.error().message();
    return log.text();
}

}  // namespace penstock::sim
