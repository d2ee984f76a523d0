// SPDX-License-Identifier: Apache-2.0

#include "sim/machine/law.h"

#include <algorithm>

namespace penstock::sim {
namespace {

// Longer ones would only make times overflow.
constexpr double longest_ns = 3.6e12;

Duration scaled(Duration mean, double factor) {
    const double ns = (static_cast<double>(mean.count()) * factor) + 0.5;
    return Duration(static_cast<Duration::rep>(std::clamp(ns, 1.0, longest_ns)));
}

}  // namespace

Duration draw(const Law& law, Chance& chance) {
    switch (law.shape) {
        case Law::Shape::constant:
            break;
        case Law::Shape::exponential:
            return scaled(law.mean, chance.exponential());
        case Law::Shape::lognormal:
            return scaled(law.mean, chance.lognormal(law.sigma));
    }
    return scaled(law.mean, 1);
}

ArrivalTimes::ArrivalTimes(const Arrivals& arrivals, Chance chance, TimePoint start)
    : arrivals_(arrivals), chance_(chance), at_(start), on_until_(start) {
    if (arrivals_.kind == Arrivals::Kind::on_off) {
        on_until_ = start + scaled(arrivals_.on, chance_.exponential());
    }
}

Duration ArrivalTimes::gap() {
    switch (arrivals_.kind) {
        case Arrivals::Kind::closed:
        case Arrivals::Kind::periodic:
        case Arrivals::Kind::listed:
            break;
        case Arrivals::Kind::poisson:
        case Arrivals::Kind::on_off:
            return scaled(arrivals_.gap, chance_.exponential());
        case Arrivals::Kind::gamma:
            return scaled(arrivals_.gap,
                          chance_.gamma(1 / (arrivals_.variation * arrivals_.variation)));
        case Arrivals::Kind::lognormal:
            return scaled(arrivals_.gap, chance_.lognormal(arrivals_.sigma));
    }
    return arrivals_.gap;
}

TimePoint ArrivalTimes::next() {
    if (arrivals_.kind == Arrivals::Kind::listed) {
        return listed_ < arrivals_.times.size() ? at_ + arrivals_.times[listed_++]
                                                : TimePoint::max();
    }
    if (arrivals_.kind == Arrivals::Kind::on_off) {
        return next_within_on_times();
    }
    at_ += gap();
    if (arrivals_.kind != Arrivals::Kind::periodic || arrivals_.jitter == Duration{}) {
        return at_;
    }
    const double side = (2 * chance_.unit()) - 1;
    return at_ + Duration(static_cast<Duration::rep>(static_cast<double>(arrivals_.jitter.count()) *
                                                     side));
}

// What is left of a gap when an on time ends passes in the next one.
TimePoint ArrivalTimes::next_within_on_times() {
    Duration left = gap();
    while (at_ + left > on_until_) {
        left -= on_until_ - at_;
        at_ = on_until_ + scaled(arrivals_.off, chance_.exponential());
        on_until_ = at_ + scaled(arrivals_.on, chance_.exponential());
    }
    at_ += left;
    return at_;
}

}  // namespace penstock::sim
