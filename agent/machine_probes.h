// SPDX-License-Identifier: Apache-2.0
//
// MachineProbes: everything that was seen since the last tick, as readings.
//
// What happens between ticks (queues, gate reports) is collected as it comes; counters are read
// when they are due.

#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "agent/loop/ports.h"
#include "agent/probes/dram/gpu_metrics.h"
#include "agent/probes/queues/unmap_cost.h"
#include "agent/queue_tracker.h"

namespace penstock {

class MachineProbes final : public Probes {
  public:
    explicit MachineProbes(Duration counter_period) : counter_period_(counter_period) {}

    void set_devices(std::vector<Device> devices, std::vector<GpuMetricsProbe> memory);

    // Where the driver's own work for a suspension can be measured.
    void measure_unmaps(UnmapCost cost) { unmap_cost_.emplace(std::move(cost)); }

    void note(QueueEvent event) { pending_.queue_events.push_back(std::move(event)); }

    void note(wire::FromGate news) { pending_.gate_news.push_back(std::move(news)); }

    Readings read(TimePoint now) override;

  private:
    Duration counter_period_;
    TimePoint counters_due_{};
    std::vector<GpuMetricsProbe> memory_{};
    std::optional<UnmapCost> unmap_cost_{};
    Readings pending_{};
};

}  // namespace penstock
