// SPDX-License-Identifier: Apache-2.0

#include "agent/machine_probes.h"

#include <utility>

namespace penstock {

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
    return readings;
}

}  // namespace penstock
