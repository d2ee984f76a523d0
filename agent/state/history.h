// SPDX-License-Identifier: Apache-2.0
//
// History: what the tracked figures have been in the last hour, second by second.
//
// A figure is a series from its first value on, and until its last one is an hour old, when its
// memory node or device may be long gone. A series takes 43 kB, 128 of them 5.5 MB, and there are
// at most 256. They are taken when a series begins: a tick allocates nothing.
//
// Values are taken at every tick and not less often, because memory counters are read at every
// tick, and a peak of 10 ms is what somebody looks for afterwards. It costs about 30 ns for each.
// Rounds of the loop between two ticks, as requests cause, add nothing.

#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "agent/state/hour_ring.h"
#include "agent/state/tracked_figures.h"

namespace penstock {

class History {
  public:
    static constexpr std::size_t most_series = 256;

    // Whatever follows sooner is no tick. Half of the usual period, because ticks are never exact.
    static constexpr Duration closest{std::chrono::milliseconds(5)};

    // What is taken is that of seen.now. A time that ran back by up to a second is left out until
    // it has caught up; by more, it is that of another clock, and all that was kept is forgotten.
    void note(const Snapshot& seen, const QueueCounts& queues);

    // Those there are, in the order of memory nodes, packages and devices.
    [[nodiscard]] std::vector<TrackedFigure> series() const;

    // How many more figures had a value at the last tick, and no room.
    [[nodiscard]] std::size_t left_out() const { return left_out_; }

    // Seconds of the clock, as HourRing::Span.
    struct Question {
        std::optional<std::int64_t> first{};  // With the oldest value that is kept.
        std::optional<std::int64_t> end{};    // With the present second, which may get more values.
        std::int64_t step = 1;
    };

    // Nothing when there is no such series.
    [[nodiscard]] std::optional<std::vector<HourRing::Point>> points(
        std::string_view name, const Question& question) const;

    // The second of the last tick.
    [[nodiscard]] std::int64_t present() const;

  private:
    struct Entry {
        TrackedFigure figure{};
        HourRing ring;
    };

    HourRing* ring_for(const TrackedFigure& figure);
    void drop_the_silent();

    std::vector<Entry> entries_;        // Sorted by figure.
    std::vector<TrackedValue> values_;  // Of this tick; kept for its memory.
    std::size_t turn_ = 0;              // Where the next value of this tick probably belongs.
    std::size_t left_out_ = 0;
    std::optional<TimePoint> last_{};
};

}  // namespace penstock
