// SPDX-License-Identifier: Apache-2.0

#include "policies/descent_watch.h"

#include <algorithm>

namespace penstock {
namespace {

// However near the next level is: who looks more often only costs time.
constexpr Duration shortest_pause = std::chrono::microseconds(100);

}  // namespace

void DescentWatch::begin(TimePoint now, Duration served) {
    if (now - ended_ >= served - from_) {
        from_ = served;
    }
}

void DescentWatch::look(const Descent& rule, TimePoint now, Duration served) {
    const std::int64_t rise = now.time_since_epoch() / std::max(rule.rise, shortest_pause);
    if (rule.rise > Duration{} && rise != risen_) {
        risen_ = rise;
        from_ = served;
    }
    Duration left = served - from_;
    Duration allotment = std::max(rule.allotment, Duration{1});
    const int lowest = std::min<int>(rule.levels, Descent::most_levels) - 1;
    level_ = 0;
    while (level_ < lowest && left >= allotment) {
        left -= allotment;
        allotment *= 2;
        ++level_;
    }
    until_fall_ = level_ < lowest ? allotment - left : Duration::max();
}

Duration DescentWatch::next_look(const Descent& rule, TimePoint now, std::size_t sharers) const {
    Duration next = RankedOwner::longest_wait;
    if (until_fall_ < next) {
        const auto slower = static_cast<std::int64_t>(std::clamp<std::size_t>(sharers, 1, 1024));
        next = until_fall_ * slower;
    }
    if (level_ > 0 && rule.rise > Duration{}) {
        const Duration rise = std::max(rule.rise, shortest_pause);
        next = std::min(next, rise - now.time_since_epoch() % rise);
    }
    return std::max(next, shortest_pause);
}

}  // namespace penstock
