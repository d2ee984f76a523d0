// SPDX-License-Identifier: Apache-2.0
//
// Series: one subject as one source measures it, reading after reading.

#pragma once

#include <cstdint>
#include <optional>

#include "agent/state/readings.h"

namespace penstock {

// No link, no memory and no power supply moves so much; a larger value was misread.
inline constexpr double absurd_value = 1e18;

struct Series {
    Subject subject{};
    Testimony by{};  // Of the last reading.

    std::optional<double> value{};  // The rate of what flows, the level of what does not.
    double total = 0;               // Since the first reading.
    bool flows = false;

    // Returns whether the reading was odd.
    bool take(const CounterReading& reading);
    bool take(const LevelReading& reading);

    // Returns whether its last reading held until now, and does not any more.
    bool expire(TimePoint now);

  private:
    struct Mark {
        std::uint64_t count = 0;
        Duration enabled{};
        Duration running{};
        TimePoint taken{};
    };

    bool lose(Origin why);
    bool advance(const CounterReading& reading, std::uint64_t count, const Mark& before);

    std::optional<Mark> mark_{};  // The last count that made sense.
};

}  // namespace penstock
