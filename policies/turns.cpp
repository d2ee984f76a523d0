// SPDX-License-Identifier: Apache-2.0

#include "policies/turns.h"

#include <algorithm>
#include <tuple>

#include "policies/urgency.h"

namespace penstock {
namespace {

// Service for an owner's share: what equals are compared by.
Duration weighted(Duration service, std::uint32_t share) {
    return service * RankedOwner::usual_share / std::clamp(share, 1U, RankedOwner::most_share);
}

Duration quantum_of(const Seat& seat) {
    const Duration wished =
        std::clamp(seat.place.quantum, Duration{}, RankedOwner::longest_quantum);
    // On a lower level of a feedback queue turns are rarer and longer.
    const bool falls = seat.place.descent.allotment > Duration{};
    return std::min(falls ? wished * (1 << seat.descent.level()) : wished,
                    RankedOwner::longest_quantum);
}

// A suspension that failed, or that the budget did not allow, leaves its owner running.
bool has_service(const Seat& seat) {
    return seat.busy && (!seat.suspended || seat.drains);
}

bool contends(const Seat& seat, TimePoint now) {
    const bool held = seat.place.preemptible && seat.place.held_until > now;
    return seat.named && seat.busy && !held;
}

bool in_turn(const Seat& seat, TimePoint now) {
    const Duration quantum = quantum_of(seat);
    return seat.runs && (quantum == Duration{} || now - seat.turn_began < quantum);
}

}  // namespace

void Turns::follow(const DeviceOrder& order) {
    runners_ = order.runners;
    precedence_ = order.precedence;
    counts_service_ = runners_ != 0 || std::ranges::any_of(order.owners, &goes_by_service);
}

void Turns::charge(SeatTable& seats, TimePoint now) {
    const Duration passed = now - charged_;
    charged_ = now;
    const auto running = std::ranges::count_if(seats, &has_service);
    if (running == 0 || passed <= Duration{}) {
        return;
    }
    const Duration each = passed / running;
    for (Seat& seat : seats) {
        if (has_service(seat)) {
            seat.served += each;
            seat.weighted_service += weighted(each, seat.place.share);
        }
    }
}

void Turns::join(Seat& seat, TimePoint now) const {
    const Duration credit = weighted(quantum_of(seat), seat.place.share);
    seat.weighted_service = std::max(seat.weighted_service, floor_ - credit);
    begin_wait(seat, now);
}

void Turns::gather(SeatTable& seats, TimePoint now) {
    contenders_.clear();
    top_rank_.reset();
    next_opening_.reset();
    std::optional<Duration> least;
    for (Seat& seat : seats) {
        if (!contends(seat, now)) {
            seat.runs = false;
            continue;
        }
        settle_rank(seat, now, running_);
        if (seat.barred) {
            seat.runs = false;
            const TimePoint change = rank_changes(seat, now, running_).value_or(TimePoint::max());
            next_opening_ = std::min(next_opening_.value_or(change), change);
            continue;
        }
        contenders_.push_back(&seat);
        top_rank_ = std::max(top_rank_.value_or(seat.rank), seat.rank);
        least = std::min(least.value_or(seat.weighted_service), seat.weighted_service);
    }
    floor_ = std::max(floor_, least.value_or(floor_));
}

void Turns::choose(SeatTable& seats, TimePoint now) {
    charge(seats, now);
    gather(seats, now);
    if (runners_ == 0) {
        choose_ranks();
    } else {
        choose_runners(now);
    }
    for (Seat* seat : contenders_) {
        note_turn(*seat, now);
    }
    running_ = static_cast<std::size_t>(
        std::ranges::count_if(contenders_, [](const Seat* seat) { return seat->runs; }));
    note_waiting();
    note_changes(now);
}

void Turns::choose_ranks() {
    for (Seat* seat : contenders_) {
        seat->runs = !outranks(seat->rank);
    }
}

// The less, the sooner.
Duration Turns::claim(const Seat& seat, TimePoint now) const {
    switch (precedence_) {
        case Precedence::latest_start:
            break;
        case Precedence::least_left: {
            // Between two that nobody knows, the one that runs would lose its claim by running.
            const Duration left = expected_left(seat);
            return in_turn(seat, now) ? std::min(left, seat.turn_left) : left;
        }
    }
    return latest_start(seat, now).time_since_epoch();
}

void Turns::choose_runners(TimePoint now) {
    const std::size_t count = std::min<std::size_t>(runners_, contenders_.size());
    const auto key = [&](const Seat& seat) {
        return std::tuple(-std::int64_t{seat.rank},
                          claim(seat, now),
                          !in_turn(seat, now),
                          seat.weighted_service,
                          seat.place.owner);
    };
    const auto last = contenders_.begin() + static_cast<std::ptrdiff_t>(count);
    std::ranges::partial_sort(
        contenders_, last, [&](const Seat* a, const Seat* b) { return key(*a) < key(*b); });
    for (auto each = contenders_.begin(); each != contenders_.end(); ++each) {
        Seat& seat = **each;
        const bool chosen = each < last && (!neighbours_top_ || seat.rank >= *neighbours_top_);
        if (chosen && !in_turn(seat, now)) {
            seat.turn_began = now;
            seat.turn_left = expected_left(seat);
        }
        seat.runs = chosen;
    }
}

void Turns::note_waiting() {
    waiting_.reset();
    for (const Seat* seat : contenders_) {
        if (!seat->runs) {
            waiting_ = std::max(waiting_.value_or(seat->rank), seat->rank);
        }
    }
}

void Turns::change_at(TimePoint when) {
    next_change_ = std::min(next_change_.value_or(when), when);
}

void Turns::note_changes(TimePoint now) {
    next_change_ = next_opening_;
    for (const Seat* seat : contenders_) {
        // Who is alone, here and beside, runs, whatever its rank; but for a hard budget.
        if (contenders_.size() < 2 && !neighbours_top_ && !seat->place.budget.hard) {
            return;
        }
        if (const auto change = rank_changes(*seat, now, running_)) {
            change_at(*change);
        }
        const Duration quantum = quantum_of(*seat);
        if (runners_ != 0 && seat->runs && seat->rank == waiting_ && quantum > Duration{}) {
            change_at(seat->turn_began + quantum);
        }
    }
}

}  // namespace penstock
