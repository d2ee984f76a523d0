// SPDX-License-Identifier: Apache-2.0
//
// Signal budget: how many preemption signals may still go out.
//
// A gate can preempt a thousand times a second and the bus is for people and scripts, so signals
// beyond 20 a second are dropped and counted; the full record is in the metric stream.

#pragma once

#include <cstdint>

#include "base/units.h"

namespace penstock::dbus {

class SignalBudget {
  public:
    static constexpr std::uint32_t per_second = 20;

    // False, and counted, when this second's share is used up.
    [[nodiscard]] bool take(TimePoint now) {
        if (now - second_began_ >= std::chrono::seconds(1)) {
            second_began_ = now;
            used_ = 0;
        }
        if (used_ == per_second) {
            ++dropped_;
            return false;
        }
        ++used_;
        return true;
    }

    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

  private:
    TimePoint second_began_{};
    std::uint32_t used_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace penstock::dbus
