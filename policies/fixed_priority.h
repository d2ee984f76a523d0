// SPDX-License-Identifier: Apache-2.0
//
// Fixed priority: on each device, owners with work and a lower priority yield to owners with work
// and a higher one. Equal priorities run together.
//
// With aging, whoever has work and has not run for `aging` times its distance to the highest
// priority on the device runs for one quantum before all others. So nobody waits for longer than
// that, and a lower priority takes at most quantum / (aging x distance + quantum) of the device.
//
// By domain, the devices whose memory is the machine's (APUs) are as one: who has work on one of
// them takes precedence on all, because a lower priority would be in its way at the memory.
//
// Owners that cooperate also get a queue priority: among those that run together, it is for the
// waves to be launched.

#pragma once

#include "policies/order_pad.h"
#include "policies/policy.h"

namespace penstock {

class FixedPriority final : public Policy {
  public:
    struct Settings {
        Duration settle{std::chrono::milliseconds(1)};
        Duration aging{};  // Per step of priority; 0: none.
        Duration quantum{std::chrono::milliseconds(5)};
        bool by_domain = false;
    };

    explicit FixedPriority(Settings settings) : settings_(settings) {}

    const Decision& decide(const Snapshot& snapshot) override;

  private:
    [[nodiscard]] std::int32_t highest_beside(const DeviceOrder& order);
    void age(DeviceOrder& order);

    Settings settings_;
    OrderPad pad_;
};

}  // namespace penstock
