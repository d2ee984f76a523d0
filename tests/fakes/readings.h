// SPDX-License-Identifier: Apache-2.0
//
// Readings of counters and levels for tests, one short word for each.

#pragma once

#include "agent/state/readings.h"

namespace penstock::fakes {

inline constexpr SourceId first_source{.kind = 1};
inline constexpr SourceId second_source{.kind = 2};

inline Testimony testimony(TimePoint taken, const std::string& origin = "a counter") {
    return {.origin = origin, .taken = taken, .valid_for = std::chrono::seconds(10)};
}

inline CounterReading counter(Quantity quantity,
                              const Place& place,
                              std::optional<std::uint64_t> count,
                              TimePoint taken) {
    return {.subject = {.place = place, .quantity = quantity, .source = first_source},
            .by = testimony(taken),
            .count = count};
}

inline LevelReading level(Quantity quantity,
                          const Place& place,
                          std::optional<double> value,
                          TimePoint taken) {
    return {.subject = {.place = place, .quantity = quantity, .source = first_source},
            .by = testimony(taken, "a level"),
            .value = value};
}

}  // namespace penstock::fakes
