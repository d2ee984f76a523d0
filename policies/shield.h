// SPDX-License-Identifier: Apache-2.0
//
// Shield: fixed priority that also keeps memory bandwidth free for those of the class latency.
//
// Devices whose memory is the machine's (APUs) can fill it up, and then everybody waits for it, on
// the processor as well; who runs on which device does not matter. While a memory node is busier
// than 90 %, one more of the owners of the classes batch and idle on such devices is held back
// every tenth of a second, the heaviest first: it runs for a tenth of the time. Below 85 % they are
// let go, the latest first. It takes a node whose traffic is counted: on a guess, nobody is held
// back.

#pragma once

#include <vector>

#include "policies/order_pad.h"
#include "policies/policy.h"

namespace penstock {

class Shield final : public Policy {
  public:
    static constexpr std::size_t most_held_back = 64;

    struct Settings {
        Duration settle{std::chrono::milliseconds(1)};
        double enter = 0.90;  // Of the peak bandwidth.
        double leave = 0.85;
        Duration step{std::chrono::milliseconds(100)};  // Between two changes.
        Duration period{std::chrono::milliseconds(100)};
        Duration allowed{std::chrono::milliseconds(10)};  // Of each period, to who is held back.
    };

    explicit Shield(Settings settings) : settings_(settings) { held_back_.reserve(most_held_back); }

    const Decision& decide(const Snapshot& snapshot) override;

  private:
    void watch(const Snapshot& snapshot);
    void hold_back_one(const Snapshot& snapshot);
    [[nodiscard]] bool is_held_back(OwnerId owner) const;

    Settings settings_;
    OrderPad pad_;
    std::vector<OwnerId> held_back_;  // The latest last.
    TimePoint changed_{};             // When it last became longer or shorter.
};

}  // namespace penstock
