// SPDX-License-Identifier: Apache-2.0
//
// Cost book: what suspending and resuming owners costs each device, as measured so far.

#pragma once

#include <vector>

#include "agent/state/mean_cost.h"
#include "agent/state/median_cost.h"
#include "agent/state/readings.h"

namespace penstock {

class CostBook {
  public:
    // From now on there are these devices; what was measured on others is forgotten.
    void keep_only(const std::vector<Device>& devices);

    // Calls that failed or reached no queue tell nothing, nor do those on other devices.
    void add(const wire::Acted& act);

    // Once there are some, they replace the durations of ioctls: those contain the wait for the
    // driver's locks and for a processor.
    void add(const UnmapReading& reading);

    void write_into(std::vector<Device>& devices) const;

  private:
    struct Costs {
        GpuId gpu{};
        MedianCost suspend{};
        MedianCost resume{};
        MeanCost unmap{};
        TimePoint taken{};
    };

    static Sample<Duration> sample(const Costs& costs, const MedianCost& call);

    std::vector<Costs> costs_;  // Sorted by device.
};

}  // namespace penstock
