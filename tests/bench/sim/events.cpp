// SPDX-License-Identifier: Apache-2.0
//
// How many events a second a simulated machine goes through, with 64 queues on one device. Counted
// is what changes the machine or asks the executor: a launch, the end of a packet, a wake-up, a
// notice, an order, a tick.

#include <benchmark/benchmark.h>

#include "policies/catalogue.h"
#include "sim/machine/simulation.h"
#include "tests/bench/probes/allocation_counter.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t queues = 64;

Scenario many_queues(Sharing sharing) {
    Scenario scenario;
    scenario.devices.push_back({.name = "gpu",
                                .sharing = sharing,
                                .level = PreemptionLevel::launch_limit,
                                .reach = Reach::launches,
                                .launch_threshold = 8,
                                .launch_batch = 4});
    for (std::size_t number = 0; number < queues; ++number) {
        JobModel job{.name = "job" + std::to_string(number),
                     .priority = static_cast<std::int32_t>(number % 4),
                     .deadline = 100ms,
                     .kernel = {.mean = 20us + number * 1us},
                     .kernels = 100};
        job.arrives_with = number;
        scenario.jobs.push_back(std::move(job));
    }
    return scenario;
}

void run(benchmark::State& state, Sharing sharing, const char* policy, Simulation::Mode mode) {
    const Scenario scenario = many_queues(sharing);
    Simulation simulation(scenario, *make_policy(policy), mode);
    std::uint64_t before = simulation.run_for(1s);
    const std::size_t allocated = bench::allocations();
    const std::uint64_t first = before;
    for ([[maybe_unused]] auto step : state) {
        before = simulation.run_for(10ms);
    }
    const auto events = static_cast<double>(before - first);
    state.counters["events"] = benchmark::Counter(events, benchmark::Counter::kIsRate);
    state.counters["allocations_per_event"] =
        static_cast<double>(bench::allocations() - allocated) / events;
}

BENCHMARK_CAPTURE(
    run, native_processor, Sharing::processor, "observe-only", Simulation::Mode::native);
BENCHMARK_CAPTURE(
    run, native_first_come, Sharing::first_come, "observe-only", Simulation::Mode::native);
BENCHMARK_CAPTURE(
    run, fixed_priority, Sharing::processor, "fixed-priority", Simulation::Mode::scheduled);
BENCHMARK_CAPTURE(run, round_robin, Sharing::processor, "round-robin", Simulation::Mode::scheduled);
BENCHMARK_CAPTURE(
    run, earliest_deadlines, Sharing::processor, "earliest-deadlines", Simulation::Mode::scheduled);

}  // namespace
}  // namespace penstock::sim

BENCHMARK_MAIN();
