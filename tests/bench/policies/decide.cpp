// SPDX-License-Identifier: Apache-2.0
//
// What a decision of each policy costs, and what an event costs the executor that carries it out,
// by the number of queues on one device.
//
// decide/POLICY/QUEUES: each queue belongs to a process of its own, which is the worst case.
// decide_shared/...: four queues to each process. event/...: somebody gets work, somebody else has
// none left, and the executor is asked what is to be done; as the gate does at each move.

#include <benchmark/benchmark.h>

#include <array>
#include <functional>
#include <string>

#include "policies/catalogue.h"
#include "policies/order_executor.h"
#include "tests/bench/policies/busy_snapshot.h"
#include "tests/bench/probes/allocation_counter.h"

namespace penstock::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::array sizes{64U, 4096U};

void note_allocations(benchmark::State& state, std::size_t before) {
    state.counters["allocations"] = benchmark::Counter(static_cast<double>(allocations() - before),
                                                       benchmark::Counter::kAvgIterations);
}

void decide(benchmark::State& state, const CatalogueEntry& entry, std::uint32_t each) {
    Snapshot snapshot = busy_snapshot(static_cast<std::uint32_t>(state.range(0)), each);
    const auto policy = entry.make({});
    benchmark::DoNotOptimize(policy->decide(snapshot));
    const std::size_t before = allocations();
    for ([[maybe_unused]] auto step : state) {
        snapshot.now += 10ms;
        benchmark::DoNotOptimize(policy->decide(snapshot));
    }
    note_allocations(state, before);
}

void carry_out(benchmark::State& state, const CatalogueEntry& entry) {
    const Snapshot snapshot = busy_snapshot(static_cast<std::uint32_t>(state.range(0)), 1);
    const auto policy = entry.make({});
    const Decision& decision = policy->decide(snapshot);
    if (decision.orders.empty()) {
        state.SkipWithError("it orders nothing");
        return;
    }
    OrderExecutor executor;
    TimePoint now = snapshot.now;
    executor.follow(decision.orders.front(), now);
    for (const Owner& owner : snapshot.owners) {
        executor.has_work(owner.id, now);
    }
    benchmark::DoNotOptimize(executor.act(now));
    std::size_t number = 0;
    const std::size_t before = allocations();
    for ([[maybe_unused]] auto step : state) {
        now += 100us;
        number = (number + 1) % snapshot.owners.size();
        executor.has_work(snapshot.owners[number].id, now);
        executor.drained(snapshot.owners[snapshot.owners.size() - 1 - number].id, now);
        benchmark::DoNotOptimize(executor.act(now));
    }
    note_allocations(state, before);
}

void add(const std::string& name, const std::function<void(benchmark::State&)>& run) {
#ifdef __clang_analyzer__  // It takes what the library keeps for a leak.
    static_cast<void>(name);
    static_cast<void>(run);
#else
    for (const unsigned queues : sizes) {
        benchmark::RegisterBenchmark(name.c_str(), run)->Arg(queues);
    }
#endif
}

int main(int count, char** words) {
    constexpr std::uint32_t queues_of_a_process = 4;
    benchmark::Initialize(&count, words);
    for (const CatalogueEntry& entry : catalogue()) {
        const std::string name(entry.name);
        add("decide/" + name, [&entry](auto& state) { decide(state, entry, 1); });
        add("decide_shared/" + name,
            [&entry](auto& state) { decide(state, entry, queues_of_a_process); });
        if (entry.name != "observe-only") {
            add("event/" + name, [&entry](auto& state) { carry_out(state, entry); });
        }
    }
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

}  // namespace
}  // namespace penstock::bench

int main(int count, char** words) {
    return penstock::bench::main(count, words);
}
