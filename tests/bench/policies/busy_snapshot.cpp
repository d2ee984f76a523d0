// SPDX-License-Identifier: Apache-2.0

#include "tests/bench/policies/busy_snapshot.h"

#include <array>

namespace penstock::bench {
namespace {

using namespace std::chrono_literals;

constexpr GpuId gpu{1};

Owner owner_of(std::uint32_t number) {
    constexpr std::array classes{
        ServiceClass::latency, ServiceClass::normal, ServiceClass::batch, ServiceClass::idle};
    constexpr std::array levels{PreemptionLevel::debug_suspend, PreemptionLevel::launch_limit};
    constexpr std::uint32_t priorities = 41;  // From -20 to 20.
    Owner owner{.id = {number + 1ULL},
                .pid = number + 100,
                .command = "job",
                .priority = static_cast<std::int32_t>(number * 7 % priorities) - 20,
                .weight = 1 + (number * 37 % 300),
                .service_class = classes.at(number % classes.size()),
                .deadline = (number % 50) * 1ms,
                .cost = (number % 20) * 500us,
                .level = levels.at(number % levels.size())};
    owner.tenures.push_back({.gpu = gpu});
    return owner;
}

}  // namespace

Snapshot busy_snapshot(std::uint32_t queues, std::uint32_t queues_each) {
    Snapshot snapshot;
    snapshot.now = TimePoint(1s);
    snapshot.devices.push_back({.gpu = gpu, .name = "gpu", .scheduler = DeviceScheduler::hws});
    snapshot.devices.back().suspend_cost.value = 40us;
    snapshot.devices.back().resume_cost.value = 40us;
    for (std::uint32_t number = 0; number < queues; ++number) {
        if (number % queues_each == 0) {
            snapshot.owners.push_back(owner_of(number / queues_each));
        }
        snapshot.queues.push_back({.key = {.owner = snapshot.owners.back().id,
                                           .gpu = gpu,
                                           .number = number % queues_each},
                                   .type = QueueType::compute_aql,
                                   .ring_bytes = 65536,
                                   .written = number,
                                   .read = number / 2});
    }
    return snapshot;
}

}  // namespace penstock::bench
