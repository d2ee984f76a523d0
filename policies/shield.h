// SPDX-License-Identifier: Apache-2.0
//
// Shield: fixed priority that also keeps memory bandwidth free for those of the class latency.
//
// Devices whose memory is the machine's (APUs) can fill it up, and then everybody waits for it, on
// the processor as well; who runs on which device does not matter. While a memory node is busier
// than 90 %, one more of the owners of the classes batch and idle on such devices is held back
// every tenth of a second, the heaviest first: it runs for a tenth of the time. They are let go,
// the latest first, when the node would stay below 85 % with as much more as it fell by when they
// were held back; or after ten seconds, to see whether they still need as much. It takes a node
// whose traffic is counted: on a guess, nobody is held back. Nor does it see a memory that gives
// less than 90 % of its peak because too many ask at once.

#pragma once

#include <optional>
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
        Duration retry{std::chrono::seconds(10)};
    };

    explicit Shield(Settings settings) : settings_(settings) { held_back_.reserve(most_held_back); }

    const Decision& decide(const Snapshot& snapshot) override;

  private:
    struct HeldBack {
        OwnerId owner{};
        TimePoint since{};
        double before = 0;               // How busy the node was.
        std::optional<double> relief{};  // By how much less it was a step later.
    };

    void watch(const Snapshot& snapshot);
    void judge(const Snapshot& snapshot, double busy);
    void hold_back_one(const Snapshot& snapshot, double busy);
    [[nodiscard]] bool may_go(const HeldBack& latest, double busy, TimePoint now) const;
    [[nodiscard]] bool is_held_back(OwnerId owner) const;

    Settings settings_;
    OrderPad pad_;
    std::vector<HeldBack> held_back_;  // The latest last.
    // Of the step that is under way: what was measured, how often, and the latest of it.
    double sum_ = 0;
    int count_ = 0;
    TimePoint taken_{};
    TimePoint judged_{};  // When the step before ended.
};

}  // namespace penstock
