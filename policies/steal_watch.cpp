// SPDX-License-Identifier: Apache-2.0

#include "policies/steal_watch.h"

#include <algorithm>

namespace penstock {
namespace {

// Of the average of the gaps: long beside a frame, short beside a deadline.
constexpr Duration memory = std::chrono::milliseconds(400);

// More than what is missing is stolen: turns end late, and gaps may become rarer.
constexpr std::int64_t margin_percent = 115;

// More credit would be a long freeze for others, once it is spent.
constexpr int most_quanta = 3;

// However little is missing: who looks more often only costs time.
constexpr Duration shortest_pause = std::chrono::microseconds(100);

// Within an hour's nanoseconds nothing here overflows; nobody can have been away for longer.
Duration within_an_hour(Duration duration) {
    return std::clamp(duration, Duration{}, RankedOwner::longest_wait);
}

std::int64_t millionths(Duration part, Duration whole_time) {
    constexpr std::int64_t million = 1'000'000;
    if (part >= whole_time) {
        return million;
    }
    // Through doubles: the product of two long times has no room in 64 bits. Both are whole
    // numbers below 2^53, so that every machine divides them alike.
    const double share =
        static_cast<double>(part.count()) / static_cast<double>(whole_time.count());
    return static_cast<std::int64_t>(share * static_cast<double>(million));
}

}  // namespace

void StealWatch::begin(TimePoint now, Duration served) {
    looked_ = now;
    served_ = served;
    missing_ = 0;
    credit_ = {};
    until_done_ = false;
    stolen_until_.reset();
}

void StealWatch::look(const Steal& rule, const Sight& sight) {
    gain(rule, sight);
    looked_ = sight.now;
    served_ = sight.served;
    take(rule, sight);
}

void StealWatch::gain(const Steal& rule, const Sight& sight) {
    const Duration passed = within_an_hour(sight.now - looked_);
    if (passed == Duration{}) {
        return;
    }
    const Duration got = steals() ? Duration{} : within_an_hour(sight.served - served_);
    const std::int64_t step = millionths(passed, memory + passed);
    gaps_ += (millionths(got, passed) - gaps_) * step / whole;
    const Duration until_due = within_an_hour(sight.due - rule.guard - sight.now);
    const std::int64_t needed = millionths(sight.left, until_due);
    missing_ = std::min(std::max(needed - gaps_, std::int64_t{0}) * margin_percent / 100, whole);
    credit_ =
        std::min(credit_ + Duration(passed.count() * missing_ / whole), rule.quantum * most_quanta);
}

void StealWatch::take(const Steal& rule, const Sight& sight) {
    until_done_ = sight.now + sight.left >= sight.due - rule.guard;
    if (stolen_until_ && sight.served >= *stolen_until_) {
        stolen_until_.reset();
    }
    if (!stolen_until_ && !sight.alone && credit_ >= rule.quantum) {
        credit_ -= rule.quantum;
        stolen_until_ = sight.served + rule.quantum;
    }
}

Duration StealWatch::next_look(const Steal& rule, std::size_t sharers) const {
    if (stolen_until_) {
        const auto slower = static_cast<std::int64_t>(std::max<std::size_t>(sharers, 1));
        return std::max((*stolen_until_ - served_) * slower, shortest_pause);
    }
    if (missing_ == 0) {
        return rule.quantum;
    }
    const Duration lacking = std::max(rule.quantum - credit_, Duration{});
    const auto until_credit = Duration(lacking.count() * whole / missing_);
    return std::clamp(until_credit, shortest_pause, std::max(rule.quantum, shortest_pause));
}

}  // namespace penstock
