// SPDX-License-Identifier: Apache-2.0
//
// Measure: a number that is read off plays, together with the plays that it needs.

#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/paper/play_book.h"

namespace penstock::sim {

struct Measure {
    std::vector<Play> plays{};
    std::function<double(const PlayBook& book)> value{};
};

// A job's metric (metrics.h) by its key; those beside the job alone need a play of that, too.
[[nodiscard]] Measure metric_of(const Play& play, const std::string& job, std::string_view key);

// Of all device time that was given to jobs.
[[nodiscard]] Measure part_of(const Play& play, const std::string& job);

// Device time given to the job for each unit of time, when no more than one of its packets can run:
// how much longer than their own work its packets take, less 1.
[[nodiscard]] Measure overhead_of(const Play& play, const std::string& job);

// Of the first device's time, what was given to no job.
[[nodiscard]] Measure device_overhead(const Play& play);

// Of all jobs together.
[[nodiscard]] Measure stretch_p99(const Play& play);
[[nodiscard]] Measure part_of_misses(const Play& play);
[[nodiscard]] Measure load_of(const Play& play, double parts);
[[nodiscard]] Measure fairness_of(const Play& play);

[[nodiscard]] Measure scaled(const Measure& measure, double factor);
[[nodiscard]] Measure moved(const Measure& measure, double by);
[[nodiscard]] Measure ratio(const Measure& one, const Measure& other);

// The largest less the smallest, beside the smallest.
[[nodiscard]] Measure spread(const std::vector<Measure>& measures);

// The first label whose measure is below the limit; infinity when there is none.
[[nodiscard]] Measure first_below(const std::vector<std::pair<double, Measure>>& labelled,
                                  double limit);

}  // namespace penstock::sim
