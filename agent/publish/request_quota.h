// SPDX-License-Identifier: Apache-2.0
//
// Request quota: how many changes each user may ask for, so that one who asks without end leaves
// the agent its time.
//
// A token bucket per user: a burst, and then so many a second. Whoever is trusted is not counted.

#pragma once

#include <cstdint>
#include <map>

#include "base/units.h"

namespace penstock::dbus {

class RequestQuota {
  public:
    static constexpr std::uint32_t per_second = 50;
    static constexpr std::uint32_t burst = 200;
    static constexpr std::size_t most_users = 1024;

    // False, and counted, when the user's share is used up.
    [[nodiscard]] bool take(std::uint32_t uid, TimePoint now);

    [[nodiscard]] std::uint64_t refused() const { return refused_; }

  private:
    static constexpr Duration price{std::chrono::nanoseconds(1'000'000'000 / per_second)};

    void forget_the_idle(TimePoint now);

    // When the user's bucket is full again: as many prices from now as tokens are missing.
    std::map<std::uint32_t, TimePoint> full_at_{};
    std::uint64_t refused_ = 0;
};

}  // namespace penstock::dbus
