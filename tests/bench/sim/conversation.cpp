// SPDX-License-Identifier: Apache-2.0
//
// How fast the requests of a recorded conversation service are served in iterations, on a device
// like the measured one of docs/batching.md, and how much memory a request takes while it waits.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include "policies/batching/batcher.h"
#include "policies/batching/chunked_batcher.h"
#include "policies/batching/token_batcher.h"
#include "sim/batching/simulate.h"
#include "sim/batching/trace_file.h"

namespace penstock::sim {
namespace {

using batching::BatchingSettings;
using batching::Mode;

constexpr const char* recorded = PENSTOCK_MACHINES "/azure_llm_2023/conversation.csv";

BatchingConfig measured_device() {
    BatchingConfig config;
    config.batching.mode = Mode::continuous;
    config.batching.capacity = 41'408;
    config.batching.bounds.most = 256;
    config.step = StepKind::chunked;
    config.chunks.paged = true;
    config.chunks.token_budget = 2048;
    config.step_time = {
        .constant = 0.003, .weights = 0.0152, .per_token = 88.5e-6, .per_cached_token = 0.15e-6};
    return config;
}

void conversation(benchmark::State& state) {
    const Result<RawTrace> raw = load_requests(recorded);
    if (!raw) {
        state.SkipWithError(raw.error().message().c_str());
        return;
    }
    const Trace trace = *make_trace(*raw, 1);
    const BatchingConfig config = measured_device();
    std::uint64_t iterations = 0;
    for ([[maybe_unused]] auto step : state) {
        iterations += simulate(config, trace)->batches;
    }
    state.counters["requests"] =
        benchmark::Counter(trace.size(), benchmark::Counter::kIsIterationInvariantRate);
    state.counters["iterations"] =
        benchmark::Counter(static_cast<double>(iterations), benchmark::Counter::kIsRate);
}

BENCHMARK(conversation)->Unit(benchmark::kMillisecond);

double bytes_in_use() {
    const struct mallinfo2 told = mallinfo2();
    return static_cast<double>(told.uordblks) + static_cast<double>(told.hblkhd);
}

// One more than a power of 2: what grows by doubling has just done so, and is half empty.
constexpr std::uint32_t alive = (1U << 17U) + 1;

// Of everything that is kept of a request: its row, its outcome, and its place in a queue.
template <typename MakeBatcher>
void live(benchmark::State& state, MakeBatcher make_batcher) {
    RawTrace raw{.file = "requests"};
    for (std::uint32_t number = 0; number < alive; ++number) {
        raw.rows.push_back({.id = number, .prompt = 700, .output = 200, .predicted = 200});
        raw.by_id.push_back(number);
    }
    double bytes = 0;
    for ([[maybe_unused]] auto step : state) {
        const double before = bytes_in_use();
        const Trace trace = *make_trace(raw, 1);
        Outcome outcome;
        outcome.requests.resize(alive);
        auto batcher = make_batcher();
        for (const batching::Request& request : trace.requests) {
            batcher.submit(request);
        }
        bytes = bytes_in_use() - before;
        benchmark::DoNotOptimize(batcher);
        benchmark::DoNotOptimize(outcome);
    }
    state.counters["bytes"] = bytes / alive;
}

void live_batches(benchmark::State& state) {
    live(state, [] {
        BatchingSettings settings{.mode = Mode::multi_bin_dynamic};
        settings.boundaries = {500, 1000, 1700};
        return batching::Batcher(settings);
    });
}

void live_tokens(benchmark::State& state) {
    live(state, [] { return batching::TokenBatcher({.mode = Mode::continuous}, 1); });
}

void live_chunks(benchmark::State& state) {
    live(state,
         [] { return batching::ChunkedBatcher({.mode = Mode::continuous}, {.paged = true}, 1); });
}

BENCHMARK(live_batches)->Unit(benchmark::kMillisecond);
BENCHMARK(live_tokens)->Unit(benchmark::kMillisecond);
BENCHMARK(live_chunks)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace penstock::sim
