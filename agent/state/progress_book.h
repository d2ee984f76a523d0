// SPDX-License-Identifier: Apache-2.0
//
// Progress book: how fast each owner gets on, beside its own best of the last minute.
//
// Where nobody can count a memory's traffic, this is what tells that it is crowded: a decoder that
// made 30 tokens a second and now makes 20 waits for somebody. It is a signal for people and
// clients. The process itself says what it has done, and a batch that has ended looks the same as
// one that is held up, so that nothing is throttled by it.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "policies/snapshot.h"

namespace penstock {

class ProgressBook {
  public:
    // The best counts for a minute, give or take a slot: what was reached once, with nobody else
    // there and other work, is no measure for ever.
    static constexpr Duration slot{std::chrono::seconds(10)};
    static constexpr std::size_t slots = 6;

    // Units come in lumps, a batch of answers at once; over so long they are evened out.
    static constexpr Duration smoothing{std::chrono::seconds(2)};

    // After a new reading of the owner's progress has been written into its use; writes its share
    // of the best there.
    void absorb(OwnerId owner, OwnerUse& use);

    void forget(OwnerId owner);

    [[nodiscard]] std::size_t size() const { return tracks_.size(); }

  private:
    struct Track {
        OwnerId owner{};
        double rate = 0;   // Smoothed.
        TimePoint seen{};  // The epoch before the first reading.
        std::array<double, slots> best{};
        std::int64_t newest_slot = 0;
    };

    static void note(Track& track, double rate, TimePoint when);

    std::vector<Track> tracks_;  // Sorted by owner.
};

}  // namespace penstock
