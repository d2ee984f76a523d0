// SPDX-License-Identifier: Apache-2.0
//
// Turns: which of the owners with work on one device run, and how much of it each has had.
//
// Without a number of runners, all of the highest rank run. With one, so many run: first by rank,
// then by deadline, and equals take turns, the next turn being that of whoever has had the least
// service for its share (stride scheduling). A turn lasts the owner's quantum, or until it has no
// work. Service is device time: while several run, each gets an equal part of it; and who is
// suspended runs for as long as what it had launched before does.
//
// Whoever had no work for a while is set behind those who waited, by no more than a quantum: idling
// saves up nothing. Whoever has waited for too long has another rank (RankedOwner::late).

#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "policies/seat_table.h"

namespace penstock {

class Turns {
  public:
    void follow(const DeviceOrder& order);

    // Whether it matters how much service each has had.
    [[nodiscard]] bool count_service() const { return counts_service_; }

    // There are at most so many seats, so that choose() does not allocate.
    void reserve(std::size_t seats) { contenders_.reserve(seats); }

    // Everybody has run or stood still as they do now since the last call.
    void charge(SeatTable& seats, TimePoint now);

    // The owner had no work, and has some from now on.
    void join(Seat& seat, TimePoint now) const;

    // Decides who runs: Seat::runs of each.
    void choose(SeatTable& seats, TimePoint now);

    // The highest rank that has work; nothing when nobody has.
    [[nodiscard]] std::optional<std::int32_t> top_rank() const { return top_rank_; }

    // Whether somebody with a higher rank has work, here or on a neighbour.
    [[nodiscard]] bool outranks(std::int32_t rank) const {
        return (top_rank_ && *top_rank_ > rank) || (neighbours_top_ && *neighbours_top_ > rank);
    }

    // The highest rank that has work on a neighbour; true when that is news.
    bool hear(std::optional<std::int32_t> neighbours_top) {
        return std::exchange(neighbours_top_, neighbours_top) != neighbours_top;
    }

    // Whether somebody with work is not to run.
    [[nodiscard]] bool anyone_waits() const { return waiting_.has_value(); }

    // When choose() would choose anew, though nothing happens: a turn ends for which somebody
    // waits, or somebody has waited for too long.
    [[nodiscard]] std::optional<TimePoint> next_change() const { return next_change_; }

  private:
    void gather(SeatTable& seats, TimePoint now);
    void choose_ranks();
    void choose_runners(TimePoint now);
    [[nodiscard]] Duration claim(const Seat& seat, TimePoint now) const;
    void note_waiting();
    void note_changes(TimePoint now);
    void change_at(TimePoint when);

    std::uint32_t runners_ = 0;
    Precedence precedence_ = Precedence::latest_start;
    bool counts_service_ = false;
    std::size_t running_ = 0;  // As of the last choose().
    TimePoint charged_{};
    Duration floor_{};  // The least service for its share among those who have work; only grows.
    std::optional<std::int32_t> top_rank_{};
    std::optional<std::int32_t> neighbours_top_{};
    std::optional<std::int32_t> waiting_{};  // The highest rank of those who have to wait.
    std::optional<TimePoint> next_change_{};
    std::optional<TimePoint> next_opening_{};  // When somebody's budget may be filled again.
    std::vector<Seat*> contenders_;            // Only within choose().
};

}  // namespace penstock
