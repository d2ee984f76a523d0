// SPDX-License-Identifier: Apache-2.0

#include "policies/turns.h"

#include <algorithm>
#include <tuple>

namespace penstock {
namespace {

// Service for an owner's share: what equals are compared by.
Duration weighted(Duration service, std::uint32_t share) {
    return service * RankedOwner::usual_share / std::clamp(share, 1U, RankedOwner::most_share);
}

// A suspension that failed, or that the budget did not allow, leaves its owner running.
bool has_service(const Seat& seat) {
    return seat.busy && !seat.suspended;
}

bool contends(const Seat& seat, TimePoint now) {
    const bool held = seat.place.preemptible && seat.place.held_until > now;
    return seat.named && seat.busy && !held;
}

}  // namespace

void Turns::set(std::uint32_t runners, Duration quantum) {
    runners_ = runners;
    quantum_ = std::clamp(quantum, Duration{}, DeviceOrder::longest_quantum);
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

void Turns::join(Seat& seat) const {
    const Duration credit = weighted(quantum_, seat.place.share);
    seat.weighted_service = std::max(seat.weighted_service, floor_ - credit);
}

bool Turns::in_turn(const Seat& seat, TimePoint now) const {
    return seat.runs && (quantum_ == Duration{} || now - seat.turn_began < quantum_);
}

void Turns::gather(SeatTable& seats) {
    contenders_.clear();
    top_rank_.reset();
    std::optional<Duration> least;
    for (Seat& seat : seats) {
        if (!contends(seat, charged_)) {
            seat.runs = false;
            continue;
        }
        contenders_.push_back(&seat);
        top_rank_ = std::max(top_rank_.value_or(seat.place.rank), seat.place.rank);
        least = std::min(least.value_or(seat.weighted_service), seat.weighted_service);
    }
    floor_ = std::max(floor_, least.value_or(floor_));
}

void Turns::choose(SeatTable& seats, TimePoint now) {
    charge(seats, now);
    gather(seats);
    if (runners_ == 0) {
        choose_ranks();
    } else {
        choose_runners(now);
    }
    note_waiting();
}

void Turns::choose_ranks() {
    for (Seat* seat : contenders_) {
        seat->runs = seat->place.rank == *top_rank_;
    }
}

void Turns::choose_runners(TimePoint now) {
    const std::size_t count = std::min<std::size_t>(runners_, contenders_.size());
    const auto before = [&](const Seat* a, const Seat* b) {
        const auto key = [&](const Seat& seat) {
            return std::tuple(
                -std::int64_t{seat.place.rank}, !in_turn(seat, now), seat.weighted_service);
        };
        const auto left = key(*a);
        const auto right = key(*b);
        return left != right ? left < right : a->place.owner < b->place.owner;
    };
    const auto last = contenders_.begin() + static_cast<std::ptrdiff_t>(count);
    std::ranges::partial_sort(contenders_, last, before);
    for (auto each = contenders_.begin(); each != contenders_.end(); ++each) {
        Seat& seat = **each;
        const bool chosen = each < last;
        if (chosen && !in_turn(seat, now)) {
            seat.turn_began = now;
        }
        seat.runs = chosen;
    }
}

void Turns::note_waiting() {
    waiting_.reset();
    next_end_.reset();
    for (const Seat* seat : contenders_) {
        if (!seat->runs) {
            waiting_ = std::max(waiting_.value_or(seat->place.rank), seat->place.rank);
        }
    }
    if (!waiting_ || runners_ == 0 || quantum_ == Duration{}) {
        return;
    }
    for (const Seat* seat : contenders_) {
        if (seat->runs && seat->place.rank == *waiting_) {
            const TimePoint end = seat->turn_began + quantum_;
            next_end_ = std::min(next_end_.value_or(end), end);
        }
    }
}

}  // namespace penstock
