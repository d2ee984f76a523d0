// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/duration.h"

#include <array>
#include <cstdint>

#include "base/text.h"

namespace penstock::ctl {
namespace {

struct Unit {
    std::string_view name;
    Duration length;
};

constexpr std::array units{
    Unit{"us", std::chrono::microseconds(1)},
    Unit{"ms", std::chrono::milliseconds(1)},
    Unit{"min", std::chrono::minutes(1)},
    Unit{"s", std::chrono::seconds(1)},
};

constexpr Duration longest = std::chrono::hours(24);

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    const auto number = parse_number<std::uint32_t>(text.substr(0, digits));
    if (!number || *number == 0 || digits == std::string_view::npos) {
        return std::nullopt;
    }
    for (const Unit& unit : units) {
        if (text.substr(digits) == unit.name) {
            // 2^32 minutes in ns do not fit 64 bits.
            return *number > longest / unit.length ? std::nullopt
                                                   : std::optional(*number * unit.length);
        }
    }
    return std::nullopt;
}

}  // namespace penstock::ctl
