// SPDX-License-Identifier: Apache-2.0
//
// A small machine, built by hand: one emulated device, one memory node, two owners. Tests change
// what they are about.

#pragma once

#include "policies/snapshot.h"

namespace penstock::test {

inline constexpr GpuId sample_gpu{51432};

inline Queue sample_queue(OwnerId owner, std::uint32_t number) {
    return {.key = {.owner = owner, .gpu = sample_gpu, .number = number},
            .type = QueueType::compute_aql,
            .ring_bytes = 1024 * 64,
            .written = 612,
            .read = 100};
}

inline Owner sample_owner(OwnerId id, std::uint32_t pid) {
    return {.id = id,
            .pid = pid,
            .uid = 1000,
            .command = "trainer",
            .started = from_ns(5'000'000'000),
            .level = PreemptionLevel::debug_suspend,
            .level_reason = "Linux 6.8 can suspend through the debug interface",
            .held_until = std::nullopt,
            .tenures = {{.gpu = sample_gpu}}};
}

// Owner 1 is pid 4242 with one queue, owner 2 is pid 4300 with two. The DRAM peak is unknown, and
// of the package all but its power and energy.
inline Snapshot sample_snapshot() {
    const OwnerId first{1};
    const OwnerId second{2};
    Snapshot snapshot;
    snapshot.now = from_ns(10'000'000'000);
    snapshot.devices = {{.gpu = sample_gpu, .name = "gfx90a", .emulated = true}};
    snapshot.devices[0].use.pcie_sent = {.value = BytesPerSecond{1'500'000'000},
                                         .source = "gpu_metrics"};
    snapshot.memory = {{.number = 0, .emulated = true}};
    snapshot.memory[0].read = {.value = BytesPerSecond{20'000'000'000}, .source = "gpu_metrics"};
    snapshot.memory[0].written = {.value = std::nullopt, .source = "no counter of writes"};
    snapshot.packages = {{.number = 0}};
    snapshot.packages[0].power = {.value = 35.5, .source = "perf power"};
    snapshot.packages[0].energy = {.value = 1200.25, .source = "perf power"};
    snapshot.sources = {{.name = "uncore_imc", .reason = "there is no such counter"},
                        {.name = "gpu_metrics 51432",
                         .standing = Standing::available,
                         .reason = "DRAM traffic of memory node 0"}};
    snapshot.owners = {sample_owner(first, 4242), sample_owner(second, 4300)};
    snapshot.queues = {sample_queue(first, 0), sample_queue(second, 0), sample_queue(second, 1)};
    return snapshot;
}

// The owner is suspended from the snapshot's time on.
inline void suspend(Snapshot& snapshot, std::size_t owner) {
    Tenure& tenure = snapshot.owners.at(owner).tenures.at(0);
    tenure.suspended = true;
    tenure.suspended_since = snapshot.now;
    ++tenure.preemptions;
}

inline void resume(Snapshot& snapshot, std::size_t owner) {
    Tenure& tenure = snapshot.owners.at(owner).tenures.at(0);
    tenure.suspended = false;
    tenure.suspended_total += snapshot.now - tenure.suspended_since;
}

}  // namespace penstock::test
