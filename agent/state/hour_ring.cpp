// SPDX-License-Identifier: Apache-2.0

#include "agent/state/hour_ring.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace penstock {
namespace {

constexpr float no_number = std::numeric_limits<float>::quiet_NaN();

std::size_t place_of(std::int64_t second) {
    const std::int64_t rest = second % HourRing::seconds_kept;
    return static_cast<std::size_t>(rest < 0 ? rest + HourRing::seconds_kept : rest);
}

// Takes one second after the other, in order, and adds up those of a period.
class Periods {
  public:
    explicit Periods(const HourRing::Span& span) : span_(span) {}

    void take(std::int64_t second, const Spread& spread) {
        const std::int64_t begin = second - ((second - span_.origin) % span_.step);
        if (points_.empty() || points_.back().second != begin) {
            close();
            points_.push_back({.second = begin, .spread = spread});
            seconds_ = 1;
            return;
        }
        Spread& sum = points_.back().spread;
        sum.least = std::min(sum.least, spread.least);
        sum.most = std::max(sum.most, spread.most);
        sum.mean += spread.mean;
        ++seconds_;
    }

    std::vector<HourRing::Point> done() {
        close();
        return std::move(points_);
    }

  private:
    // Until then its mean is a sum.
    void close() {
        if (!points_.empty()) {
            points_.back().spread.mean /= static_cast<double>(seconds_);
        }
    }

    HourRing::Span span_;
    std::vector<HourRing::Point> points_;
    std::int64_t seconds_ = 1;
};

}  // namespace

HourRing::HourRing(std::int64_t second)
    : seconds_(static_cast<std::size_t>(seconds_kept), Second{.mean = no_number}),
      newest_(second) {}

void HourRing::add(std::int64_t second, double value) {
    if (second < newest_) {
        return;
    }
    if (second > newest_) {
        move_on(second);
    }
    least_ = count_ == 0 ? value : std::min(least_, value);
    most_ = count_ == 0 ? value : std::max(most_, value);
    sum_ += value;
    ++count_;
}

// What lies between the two seconds was unknown.
void HourRing::move_on(std::int64_t second) {
    if (const std::optional<Spread> spread = at(newest_)) {
        seconds_[place_of(newest_)] = {.least = static_cast<float>(spread->least),
                                       .mean = static_cast<float>(spread->mean),
                                       .most = static_cast<float>(spread->most)};
    }
    const std::int64_t end = std::min(second, newest_ + seconds_kept + 1);
    for (std::int64_t empty = newest_ + 1; empty < end; ++empty) {
        seconds_[place_of(empty)].mean = no_number;
    }
    newest_ = second;
    sum_ = 0;
    count_ = 0;
}

std::optional<Spread> HourRing::at(std::int64_t second) const {
    if (second > newest_ || second <= newest_ - seconds_kept) {
        return std::nullopt;
    }
    if (second == newest_) {
        return count_ == 0
                   ? std::nullopt
                   : std::optional(Spread{.least = least_, .mean = sum_ / count_, .most = most_});
    }
    const Second& kept = seconds_[place_of(second)];
    return std::isnan(kept.mean)
               ? std::nullopt
               : std::optional(Spread{.least = kept.least, .mean = kept.mean, .most = kept.most});
}

std::vector<HourRing::Point> HourRing::points(const Span& span) const {
    Periods periods(span);
    const std::int64_t first = std::max(span.first, newest_ - seconds_kept + 1);
    const std::int64_t end = std::min(span.end, newest_ + 1);
    for (std::int64_t second = first; second < end; ++second) {
        if (const std::optional<Spread> spread = at(second)) {
            periods.take(second, *spread);
        }
    }
    return periods.done();
}

}  // namespace penstock
