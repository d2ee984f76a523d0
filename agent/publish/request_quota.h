// SPDX-License-Identifier: Apache-2.0
//
// Request quota: how many requests of a kind each user may make, so that one who asks without end
// leaves the agent its time.
//
// A token bucket per user: a burst, and then so many a second. Whoever is trusted is not counted.

#pragma once

#include <cstdint>
#include <map>

#include "base/units.h"

namespace penstock::dbus {

class RequestQuota {
  public:
    static constexpr std::size_t most_users = 1024;

    struct Share {
        std::uint32_t per_second = 0;  // At least 1.
        std::uint32_t burst = 0;
    };

    // Of changes: each may cost a new plan, and a line in the journal.
    static constexpr Share changes{.per_second = 50, .burst = 200};
    // Of requests of every kind: no more than a tenth or two of the agent's time.
    static constexpr Share requests{.per_second = 2000, .burst = 1000};

    explicit RequestQuota(Share share)
        : price_(std::chrono::nanoseconds(1'000'000'000 / share.per_second)), burst_(share.burst) {}

    // Of what is dear: a burst, and then one at a time, so far apart.
    RequestQuota(Duration apart, std::uint32_t burst) : price_(apart), burst_(burst) {}

    // False when the user's share is used up.
    [[nodiscard]] bool take(std::uint32_t uid, TimePoint now);

  private:
    void forget_the_idle(TimePoint now);

    Duration price_;
    std::uint32_t burst_;

    // When the user's bucket is full again: as many prices from now as tokens are missing.
    std::map<std::uint32_t, TimePoint> full_at_{};
};

}  // namespace penstock::dbus
