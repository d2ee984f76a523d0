// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/decode/metrics_field.h"

namespace penstock::metrics {
namespace {

struct Meaning {
    Unit unit{};
    std::string_view name{};
    double scale = 1;
    double most = 1e18;  // Beyond it the number was misread: no device has that.
};

constexpr double hottest_celsius = 200;
constexpr double most_watts = 20'000;

constexpr std::array meanings{
    Meaning{Unit::bits, ""},
    Meaning{Unit::count, "1"},
    Meaning{Unit::padding, ""},
    Meaning{Unit::celsius, "degC", 1, hottest_celsius},
    Meaning{Unit::centi_celsius, "degC", 1e-2, hottest_celsius},
    Meaning{Unit::percent, "1", 1e-2, 1},
    Meaning{Unit::centi_percent, "1", 1e-4, 1},
    Meaning{Unit::percent_or_centi, "1", 1e-4, 1},
    Meaning{Unit::watt, "W", 1, most_watts},
    Meaning{Unit::milliwatt, "W", 1e-3, most_watts},
    Meaning{Unit::energy, "J", energy_unit},
    Meaning{Unit::nanosecond, "s", 1e-9},
    Meaning{Unit::ten_nanoseconds, "s", 1e-8},
    Meaning{Unit::microsecond, "s", 1e-6},
    Meaning{Unit::megahertz, "Hz", 1e6},
    Meaning{Unit::millivolt, "V", 1e-3},
    Meaning{Unit::milliampere, "A", 1e-3},
    Meaning{Unit::lanes, "1"},
    Meaning{Unit::gigatransfer, "T/s", 1e9},
    Meaning{Unit::tenth_gigatransfer, "T/s", 1e8},
    Meaning{Unit::gigabit_rate, "bit/s", 1e9},
    Meaning{Unit::megabyte_rate, "B/s", 1e6},
    Meaning{Unit::gigabyte_rate, "B/s", 1e9},
    Meaning{Unit::kilobyte, "B", 1e3},
    Meaning{Unit::revolutions_per_minute, "1/min"},
};

consteval bool in_order() {
    for (std::size_t each = 0; each < meanings.size(); ++each) {
        if (static_cast<std::size_t>(meanings[each].unit) != each) {
            return false;
        }
    }
    return true;
}

static_assert(in_order(), "a unit finds its meaning by its place");

const Meaning& meaning(Unit unit) {
    return meanings[static_cast<std::size_t>(unit)];
}

}  // namespace

std::optional<double> in_si(Unit unit, double raw) {
    constexpr double full_percent = 100;
    if (unit == Unit::percent_or_centi && raw > 0 && raw <= full_percent) {
        return std::nullopt;
    }
    const double value = raw * meaning(unit).scale;
    const bool may_be_negative = unit == Unit::celsius || unit == Unit::count;
    const bool can_be = value <= meaning(unit).most && (value >= 0 || may_be_negative);
    return can_be ? std::optional(value) : std::nullopt;
}

std::string_view si_name(Unit unit) {
    return meaning(unit).name;
}

}  // namespace penstock::metrics
