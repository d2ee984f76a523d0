// SPDX-License-Identifier: Apache-2.0
//
// How fast requests are batched. For each mode: how many requests and events a second a whole
// simulated run goes through, and how often the policy itself allocates once it has seen as many
// requests at a time as there will be.

#include <benchmark/benchmark.h>

#include "policies/batching/batcher.h"
#include "policies/batching/chunked_batcher.h"
#include "sim/batching/simulate.h"
#include "sim/machine/chance.h"
#include "tests/bench/probes/allocation_counter.h"

namespace penstock::sim {
namespace {

using batching::Mode;

constexpr std::uint32_t requests = 200'000;

// About as long as those of a conversation, and so many that the devices are always busy.
RawTrace conversation(double per_second) {
    RawTrace raw{.file = "requests"};
    Chance chance(1);
    double now_us = 0;
    for (std::uint32_t number = 0; number < requests; ++number) {
        now_us += chance.exponential() * 1e6 / per_second;
        const auto output = static_cast<std::uint32_t>(1 + (200 * chance.gamma(2)));
        raw.rows.push_back({.id = number,
                            .arrival_us = static_cast<std::int64_t>(now_us),
                            .prompt = static_cast<std::uint32_t>(1 + (1000 * chance.gamma(1))),
                            .output = output,
                            .predicted = output});
        raw.by_id.push_back(number);
    }
    return raw;
}

void simulate_all(benchmark::State& state, const BatchingConfig& config) {
    const Trace trace = *make_trace(conversation(60), 1);
    std::uint64_t events = 0;
    for ([[maybe_unused]] auto step : state) {
        events += simulate(config, trace)->events;
    }
    state.counters["events"] =
        benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
    state.counters["requests"] =
        benchmark::Counter(requests, benchmark::Counter::kIsIterationInvariantRate);
}

void batches(benchmark::State& state, Mode mode) {
    BatchingConfig config;
    config.batching.mode = mode;
    config.devices = 4;
    config.batching.boundaries = {500, 1000, 1700};
    simulate_all(state, config);
}

void iterations(benchmark::State& state, StepKind step) {
    BatchingConfig config;
    config.batching.mode = Mode::continuous;
    config.step = step;
    config.chunks.paged = true;
    config.step_time = {
        .constant = 0.003, .weights = 0.0152, .per_token = 88.5e-6, .per_cached_token = 0.15e-6};
    simulate_all(state, config);
}

BENCHMARK_CAPTURE(batches, static_fifo, Mode::static_fifo)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(batches, dynamic, Mode::dynamic_no_bins)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(batches, multi_bin, Mode::multi_bin_dynamic)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(batches, multi_bin_fixed, Mode::multi_bin_fixed)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(iterations, token, StepKind::token)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(iterations, chunked, StepKind::chunked)->Unit(benchmark::kMillisecond);

// A steady stream: eight requests come, and a batch of eight is served.
void allocations_of_batches(benchmark::State& state) {
    batching::BatchingSettings settings{.mode = Mode::multi_bin_dynamic};
    settings.boundaries = {500, 1000, 1700};
    batching::Batcher batcher(settings);
    const RawTrace raw = conversation(1);
    std::uint32_t number = 0;
    const auto round = [&] {
        for (int one = 0; one < 8; ++one) {
            const TraceRow& row = raw.rows[number++ % requests];
            batcher.submit({.number = number,
                            .prompt = row.prompt,
                            .output = row.output,
                            .predicted = row.predicted});
        }
        while (const auto batch = batcher.next_batch()) {
            batcher.completed(*batch, 1'000'000);
        }
    };
    for (int warm = 0; warm < 1000; ++warm) {
        round();
    }
    const std::size_t before = bench::allocations();
    for ([[maybe_unused]] auto step : state) {
        round();
    }
    state.counters["allocations"] = static_cast<double>(bench::allocations() - before);
}

void allocations_of_chunks(benchmark::State& state) {
    batching::BatchingSettings settings{.mode = Mode::continuous};
    batching::ChunkedBatcher batcher(settings, {.paged = true}, 1);
    const RawTrace raw = conversation(1);
    std::uint32_t number = 0;
    const auto round = [&] {
        if (!batcher.anyone_waits()) {
            const TraceRow& row = raw.rows[number++ % requests];
            batcher.submit({.number = number,
                            .prompt = row.prompt,
                            .output = row.output,
                            .predicted = row.predicted});
        }
        benchmark::DoNotOptimize(batcher.next_batch(0));
        benchmark::DoNotOptimize(batcher.completed(0));
    };
    for (int warm = 0; warm < 100'000; ++warm) {
        round();
    }
    const std::size_t before = bench::allocations();
    for ([[maybe_unused]] auto step : state) {
        round();
    }
    state.counters["allocations"] = static_cast<double>(bench::allocations() - before);
}

BENCHMARK(allocations_of_batches);
BENCHMARK(allocations_of_chunks);

}  // namespace
}  // namespace penstock::sim

BENCHMARK_MAIN();
