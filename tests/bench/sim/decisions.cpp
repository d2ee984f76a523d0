// SPDX-License-Identifier: Apache-2.0
//
// What one decision costs, for 64 queues of 32 owners on two devices.

#include <benchmark/benchmark.h>

#include "policies/catalogue.h"
#include "tests/fakes/machine.h"

namespace penstock {
namespace {

Snapshot crowd() {
    fakes::Machine machine;
    for (std::uint64_t id = 1; id <= 32; ++id) {
        machine.owner(id, {.priority = static_cast<std::int32_t>(id % 5)});
        machine.queue(id, fakes::first_gpu).queue(id, fakes::second_gpu);
    }
    Snapshot seen = machine.at(std::chrono::seconds(10));
    for (Owner& owner : seen.owners) {
        owner.service_class = static_cast<ServiceClass>(owner.id.value % 4);
        owner.deadline = std::chrono::milliseconds(100);
        owner.cost = std::chrono::milliseconds(1);
    }
    seen.devices = {{.gpu = fakes::first_gpu, .apu = true}, {.gpu = fakes::second_gpu}};
    return seen;
}

void decide(benchmark::State& state, const CatalogueEntry& entry) {
    const Snapshot seen = crowd();
    const auto policy = entry.make({});
    for ([[maybe_unused]] auto step : state) {
        benchmark::DoNotOptimize(&policy->decide(seen));
    }
}

}  // namespace
}  // namespace penstock

int main(int argc, char** argv) {
    for (const penstock::CatalogueEntry& entry : penstock::catalogue()) {
        benchmark::RegisterBenchmark(std::string(entry.name).c_str(), [&](benchmark::State& state) {
            penstock::decide(state, entry);
        });
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
