// SPDX-License-Identifier: Apache-2.0
//
// Round robin: those whom a source follows, a few at each turn, so that many of them cost no more
// time than a few.

#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "agent/probes/source.h"

namespace penstock {

// `Followed` has a member client().
template <typename Followed>
class RoundRobin {
  public:
    static constexpr std::size_t most_followed = 4096;
    static constexpr std::size_t most_at_once = 16;

    // The others are not followed.
    void add(Followed followed) {
        if (all_.size() < most_followed) {
            all_.push_back(std::move(followed));
        }
    }

    void remove(OwnerId owner) {
        std::erase_if(all_, [&](const Followed& each) { return each.client().owner == owner; });
    }

    template <typename Visit>
    void each(Visit visit) {
        for (Followed& followed : all_) {
            visit(followed);
        }
    }

    template <typename Visit>
    void take_turn(Visit visit) {
        const std::size_t count = std::min(all_.size(), most_at_once);
        for (std::size_t done = 0; done < count; ++done) {
            next_ = next_ < all_.size() ? next_ : 0;
            visit(all_[next_++]);
        }
    }

    // How long a reading holds when everybody's turn comes only after that of all others.
    [[nodiscard]] Duration holds(const Source::Pace& pace) const {
        const auto turns =
            static_cast<std::int64_t>((all_.size() + most_at_once - 1) / most_at_once);
        return holds_for({.period = pace.period * std::max<std::int64_t>(turns, 1)});
    }

  private:
    std::vector<Followed> all_;
    std::size_t next_ = 0;
};

}  // namespace penstock
