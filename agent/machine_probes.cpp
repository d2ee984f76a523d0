// SPDX-License-Identifier: Apache-2.0

#include "agent/machine_probes.h"

#include <span>
#include <utility>

namespace penstock {
namespace {

// A failed one says nothing about the cost of one that works.
std::vector<UnmapReading> unmaps_of(std::span<const unmap_event> events) {
    std::vector<UnmapReading> readings;
    readings.reserve(events.size());
    for (const unmap_event& event : events) {
        if (event.result == 0) {
            const auto took = static_cast<std::int64_t>(event.duration_ns);
            const auto started = static_cast<std::int64_t>(event.start_ns);
            readings.push_back({.gpu = {event.gpu_id},
                                .took = Duration(took),
                                .taken = from_ns(started) + Duration(took)});
        }
    }
    return readings;
}

}  // namespace

void MachineProbes::set_devices(std::vector<Device> devices, std::vector<GpuMetricsProbe> memory) {
    pending_.devices = std::move(devices);
    memory_ = std::move(memory);
}

Readings MachineProbes::read(TimePoint now) {
    Readings readings = std::exchange(pending_, {});
    if (now >= counters_due_) {
        counters_due_ = now + counter_period_;
        for (GpuMetricsProbe& probe : memory_) {
            readings.memory.push_back(probe.read(now));
        }
    }
    if (unmap_cost_) {
        readings.unmaps = unmaps_of(unmap_cost_->take());
    }
    return readings;
}

}  // namespace penstock
