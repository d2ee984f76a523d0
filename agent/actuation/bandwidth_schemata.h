// SPDX-License-Identifier: Apache-2.0
//
// Bandwidth schemata: the line of resctrl's schemata that limits the bandwidth of processors, and
// in which unit the processor at hand takes it.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock {

struct BandwidthSchemata {
    // What the numbers mean can be told by the one that stands for no limit.
    enum class Unit : std::uint8_t {
        percent,    // Intel: of what the processor could ask for at most; 100.
        eighth_gb,  // AMD: an eighth of 10^9 bytes per second; 2048.
        mebibyte,   // Mounted with mba_MBps: 2^20 bytes per second; more than any memory moves.
    };

    Unit unit = Unit::percent;
    std::vector<std::uint32_t> domains{};  // The L3 caches.
    std::uint64_t unlimited = 100;
    std::uint64_t least = 1;
    std::uint64_t step = 1;

    // What a share of the whole is, in the unit. Absolute limits divide the peak evenly among the
    // domains; without a peak they can not be told.
    [[nodiscard]] std::optional<std::uint64_t> value_for(double share, std::uint64_t peak) const;

    // "MB:0=50;1=50" with the end of the line.
    [[nodiscard]] std::string line_of(std::uint64_t value) const;
};

// Of the root group's schemata, which nobody has limited, and of info/MB.
[[nodiscard]] Result<BandwidthSchemata> read_schemata(std::string_view schemata,
                                                      std::string_view min_bandwidth,
                                                      std::string_view bandwidth_gran);

}  // namespace penstock
