// SPDX-License-Identifier: Apache-2.0

#include "policies/seat_table.h"

#include <algorithm>

namespace penstock {
namespace {

OwnerId owner_of(const Seat& seat) {
    return seat.place.owner;
}

// What failed under one order deserves a fresh try under another.
void forgive(Seat& seat) {
    seat.failures = 0;
    seat.retry_at = {};
}

}  // namespace

void SeatTable::name(const std::vector<RankedOwner>& places) {
    for (Seat& seat : seats_) {
        seat.named = false;
    }
    for (const RankedOwner& place : places) {
        name(place);
    }
    unnamed_ = 0;
    for (Seat& seat : seats_) {
        if (!seat.named) {
            ++unnamed_;
            forgive(seat);
        }
    }
}

void SeatTable::name(const RankedOwner& place) {
    Seat* seat = find(place.owner);
    if (seat == nullptr) {
        const auto at = seats_.begin() + static_cast<std::ptrdiff_t>(position(place.owner));
        seats_.insert(at, Seat{.place = place, .named = true});
        return;
    }
    if (seat->place != place) {
        forgive(*seat);
    }
    seat->place = place;
    seat->named = true;
}

Seat* SeatTable::find(OwnerId owner) {
    const std::size_t at = position(owner);
    return at < seats_.size() && owner_of(seats_[at]) == owner ? &seats_[at] : nullptr;
}

const Seat* SeatTable::find(OwnerId owner) const {
    const std::size_t at = position(owner);
    return at < seats_.size() && owner_of(seats_[at]) == owner ? &seats_[at] : nullptr;
}

Seat* SeatTable::find_or_remember(OwnerId owner) {
    Seat* seat = find(owner);
    if (seat != nullptr || unnamed_ >= most_unnamed) {
        return seat;
    }
    ++unnamed_;
    const auto at = seats_.begin() + static_cast<std::ptrdiff_t>(position(owner));
    return &*seats_.insert(at, Seat{.place = {.owner = owner}});
}

void SeatTable::remove(OwnerId owner) {
    if (const Seat* seat = find(owner)) {
        unnamed_ -= seat->named ? 0 : 1;
        seats_.erase(seats_.begin() + (seat - seats_.data()));
    }
}

void SeatTable::forget_unneeded(TimePoint now) {
    if (unnamed_ == 0) {
        return;
    }
    // A run window outlives its order, so that two orders in a row can not cut it short.
    unnamed_ -= std::erase_if(seats_, [&](const Seat& seat) {
        return !seat.named && !seat.busy && !seat.suspended && now >= seat.window_end;
    });
}

std::size_t SeatTable::position(OwnerId owner) const {
    const auto found = std::ranges::lower_bound(seats_, owner, {}, &owner_of);
    return static_cast<std::size_t>(found - seats_.begin());
}

}  // namespace penstock
