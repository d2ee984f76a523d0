// SPDX-License-Identifier: Apache-2.0
//
// Quantity book: turns readings into rates and totals, and knows for each quantity which source's
// word counts.
//
// Of the sources that know a value, the one that stands first in the catalogue counts. The parts of
// one source add up; while one part is unknown so is their sum, because a partial sum would pass
// for a small one. A counter needs two readings before it has a rate. What can not be (a counter
// that ran backwards, a value that is not finite) is unknown with its reason, and counted.

#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "agent/state/readings.h"
#include "agent/state/series.h"

namespace penstock {

class QuantityBook {
  public:
    // More subjects than this are left out, and counted as odd.
    static constexpr std::size_t most_series = 32768;

    // Before the readings of one tick. They come in nearly the same order at every tick, and are
    // then found without a search.
    void begin_round() { turn_ = 0; }

    void absorb(const CounterReading& reading);
    void absorb(const LevelReading& reading);

    // What the source said before was of another time: its counters may start anew.
    void forget(SourceId source);

    // Such as an owner that has vanished.
    void forget(const Place& place);

    // Nothing that is older than its testimony says holds on.
    void expire(TimePoint now);

    struct Known {
        Sample<double> now{};    // The rate of what flows, the level of what does not.
        Sample<double> total{};  // What has flowed since the first reading; unknown for levels.
        bool emulated = false;
    };

    // Calls `tell` for each quantity that some source measures, by place and quantity.
    template <typename Tell>
    void each(Tell tell) const {
        for (std::size_t from = 0; from < series_.size();) {
            const Subject& subject = series_[from].subject;
            const std::size_t end = end_of_quantity(from);
            tell(subject.place, subject.quantity, best(from, end));
            from = end;
        }
    }

    // The same of one place, by quantity.
    template <typename Tell>
    void each_at(const Place& place, Tell tell) const {
        for (std::size_t from = begin_of(place);
             from < series_.size() && series_[from].subject.place == place;) {
            const std::size_t end = end_of_quantity(from);
            tell(series_[from].subject.quantity, best(from, end));
            from = end;
        }
    }

    // The places of which something may have changed since settle(), in their order. Most ticks
    // bring news of a few places, and only those are worth writing down anew.
    [[nodiscard]] const std::vector<Place>& stirred();

    void settle() { stirred_.clear(); }

    // What was written down of the place is lost, or was never there.
    void stir(const Place& place);

    // What has flowed at the place since the first reading, by the most preferred source that has
    // measured any; with a part, only through that. Nothing when nobody has.
    [[nodiscard]] std::optional<double> total(
        const Place& place,
        Quantity quantity,
        std::optional<std::uint64_t> part = std::nullopt) const;

    [[nodiscard]] std::uint64_t odd_readings() const { return odd_; }

  private:
    template <typename Reading>
    void take(const Reading& reading);

    Series* series_for(const Subject& subject);
    [[nodiscard]] std::size_t begin_of(const Place& place) const;
    [[nodiscard]] std::size_t end_of_quantity(std::size_t from) const;
    [[nodiscard]] std::size_t end_of_source(std::size_t from) const;
    [[nodiscard]] Known best(std::size_t from, std::size_t end) const;
    [[nodiscard]] Known sum(std::size_t from, std::size_t end) const;

    std::vector<Series> series_;      // Sorted by subject.
    std::vector<std::size_t> turns_;  // Where the readings of the last round belonged.
    std::size_t turn_ = 0;
    std::vector<Place> stirred_;
    TimePoint next_expiry_ = TimePoint::max();  // No series falls silent before.
    std::uint64_t odd_ = 0;
};

}  // namespace penstock
