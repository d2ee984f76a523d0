// SPDX-License-Identifier: Apache-2.0
//
// Time share: owners with work take turns on each device.
//
// It counts the device time that each has had, not its turns, so that shares hold also between
// owners whose pieces of work differ in length by far, and whose work runs on after its turn has it
// charged. What one does not use goes to the others; whoever is alone has the whole device. An
// owner is a process: opening more queues gains nothing.

#pragma once

#include "policies/order_pad.h"
#include "policies/policy.h"

namespace penstock {

class TimeShare final : public Policy {
  public:
    enum class Shares : std::uint8_t {
        equal,                   // Round robin, whatever priorities and weights are.
        by_weight,               // A partition: with weights of 75 and 25, three quarters and one.
        by_weight_and_priority,  // A step of priority is worth a quarter, as of nice values.
    };

    struct Settings {
        Shares shares = Shares::by_weight_and_priority;
        Duration settle{std::chrono::milliseconds(1)};
        Duration quantum{std::chrono::milliseconds(2)};
        bool hard = false;  // Nobody gets more than its share of all who have queues there.
    };

    explicit TimeShare(Settings settings) : settings_(settings) {}

    const Decision& decide(const Snapshot& snapshot) override;

    [[nodiscard]] static std::uint32_t share_of(const Owner& owner, Shares shares);

  private:
    static void bound(DeviceOrder& order);

    Settings settings_;
    OrderPad pad_;
};

}  // namespace penstock
