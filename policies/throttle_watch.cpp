// SPDX-License-Identifier: Apache-2.0

#include "policies/throttle_watch.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace penstock {
namespace {

constexpr std::array levels{
    ThrottleLevel::reduce_batch, ThrottleLevel::delay_launch, ThrottleLevel::fall_back};

// Where the level begins.
double threshold(ThrottleLevel level, double target) {
    return target + (ThrottleWatch::level_step * (static_cast<double>(level) - 1));
}

ThrottleLevel level_at(double utilization, double target) {
    ThrottleLevel highest = ThrottleLevel::none;
    for (const ThrottleLevel each : levels) {
        highest = utilization >= threshold(each, target) ? each : highest;
    }
    return highest;
}

ThrottleLevel below(ThrottleLevel level) {
    return static_cast<ThrottleLevel>(static_cast<int>(level) - 1);
}

// How many periods have passed since `last`, which becomes the last of them. After a long silence
// more of them make no difference.
int periods_since(TimePoint& last, TimePoint now, Duration period) {
    constexpr std::int64_t most = 32;
    const std::int64_t passed = std::max<std::int64_t>((now - last) / period, 0);
    last = passed > most ? now : last + passed * period;
    return static_cast<int>(std::min(passed, most));
}

}  // namespace

void ThrottleWatch::look(const std::optional<NodeUse>& use, TimePoint now, Throttle& shown) {
    if (!use || !std::isfinite(use->share) || now - use->taken > oldest_sample) {
        fade(now, shown);
    } else if (use->taken != taken_) {
        take(*use, now, shown);
    }
    scale(now, shown);
}

void ThrottleWatch::take(const NodeUse& use, TimePoint now, Throttle& shown) {
    const double share = std::max(use.share, 0.0);
    if (!shown.utilization) {
        shown.utilization = share;
    } else {
        const auto apart = std::max(use.taken - taken_, Duration::zero());
        const double weight = 1 - std::exp(-static_cast<double>(apart.count()) /
                                           static_cast<double>(smoothing.count()));
        *shown.utilization += weight * (share - *shown.utilization);
    }
    shown.confidence = use.confidence;
    taken_ = use.taken;
    weigh(share, now, shown);
    share_before_ = share;
}

// What one more sample means for the level.
void ThrottleWatch::weigh(double share, TimePoint now, Throttle& shown) {
    const double utilization = shown.utilization.value_or(0);
    // A single wild sample can lift the smoothed value; two in a row are no slip of a counter.
    const double sure = std::min({utilization, share, share_before_.value_or(0)});
    const ThrottleLevel asked = level_at(sure, shown.target);
    const bool low = shown.level != ThrottleLevel::none &&
                     utilization < threshold(shown.level, shown.target) - hysteresis;
    low_samples_ = low ? low_samples_ + 1 : 0;
    if (now - shown.since < shortest_level) {
        return;
    }
    if (asked > shown.level) {
        change(asked, ThrottleCause::saturated, now, shown);
    } else if (low_samples_ >= samples_to_fall) {
        change(below(shown.level), ThrottleCause::relieved, now, shown);
    }
}

void ThrottleWatch::fade(TimePoint now, Throttle& shown) {
    shown.utilization.reset();
    share_before_.reset();
    low_samples_ = 0;
    if (shown.level != ThrottleLevel::none && now - shown.since >= shortest_level) {
        change(below(shown.level), ThrottleCause::unmeasured, now, shown);
    }
}

void ThrottleWatch::change(ThrottleLevel level,
                           ThrottleCause cause,
                           TimePoint now,
                           Throttle& shown) {
    const bool begins = shown.level == ThrottleLevel::none;
    const bool ends = level == ThrottleLevel::none;
    shown.level = level;
    shown.cause = cause;
    shown.since = now;
    low_samples_ = 0;
    if (begins) {
        scaled_ = now - shrinks_every;  // The first step is due at once.
    } else if (ends) {
        scaled_ = now;
    }
}

void ThrottleWatch::scale(TimePoint now, Throttle& shown) {
    if (shown.level != ThrottleLevel::none) {
        for (int left = periods_since(scaled_, now, shrinks_every); left > 0; --left) {
            shown.batch_scale = std::max(Throttle::least_batch_scale, shown.batch_scale * shrink);
        }
    } else {
        const int steps = periods_since(scaled_, now, grows_every);
        shown.batch_scale = std::min(1.0, shown.batch_scale + (steps * growth));
    }
}

}  // namespace penstock
