// SPDX-License-Identifier: Apache-2.0
//
// Fixed priority: on each device, owners with work and a lower priority yield to owners with work
// and a higher one.
//
// Equal priorities run together. There is no aging: a lower priority waits as long as a higher one
// has work, but for the guard's run windows, which bound every suspension. Owners that cooperate
// also get a queue priority: among those that run together, it is for the waves to be launched.

#pragma once

#include "policies/policy.h"

namespace penstock {

class FixedPriority final : public Policy {
  public:
    struct Settings {
        Duration settle{std::chrono::milliseconds(1)};
    };

    explicit FixedPriority(Settings settings) : settings_(settings) {}

    const Decision& decide(const Snapshot& snapshot) override;

  private:
    // Who has queues where.
    struct Presence {
        GpuId gpu{};
        OwnerId owner{};
        auto operator<=>(const Presence&) const = default;
    };

    void find_presences(const std::vector<Queue>& queues);
    DeviceOrder& order_for(GpuId gpu, std::size_t number);
    void hold_queues(const Snapshot& snapshot);

    Settings settings_;
    std::vector<Presence> presences_;  // Each once, by device and then by owner.
    Decision decision_;
};

}  // namespace penstock
