// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/figures.h"

#include <fmt/format.h>

#include <array>

#include "agent/config/values.h"

namespace penstock::ctl {

std::string rate_text(std::optional<std::uint64_t> bytes_per_second) {
    if (!bytes_per_second) {
        return "-";
    }
    constexpr std::array<const char*, 5> units{"B/s", "kB/s", "MB/s", "GB/s", "TB/s"};
    double value = static_cast<double>(*bytes_per_second);
    std::size_t unit = 0;
    // 999.5 would be printed as 1000.
    while (value >= 999.5 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    const int decimals = unit == 0 || value >= 99.95 ? 0 : (value >= 9.995 ? 1 : 2);
    return fmt::format("{:.{}f} {}", value, decimals, units[unit]);
}

std::string percent_text(std::optional<double> ratio) {
    return ratio ? fmt::format("{:.0f} %", *ratio * 100) : "-";
}

std::string seconds_text(std::uint64_t usec) {
    return fmt::format("{:.3f} s", static_cast<double>(usec) / 1e6);
}

std::string span_text(Duration span) {
    return span == Duration{} ? "-" : config::to_text(span);
}

}  // namespace penstock::ctl
