// SPDX-License-Identifier: Apache-2.0
//
// Powercap zone: what the kernel's names of RAPL's power domains mean, and a count of their energy
// that never wraps.

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "agent/state/quantity.h"
#include "policies/origin.h"

namespace penstock {

// "intel-rapl:0" is a zone, "intel-rapl:0:2" a part of it.
struct ZoneNumber {
    std::uint32_t zone = 0;
    std::optional<std::uint32_t> part{};
    bool operator==(const ZoneNumber&) const = default;
};

// Nothing for other names in that folder: those of other control types, and "intel-rapl-mmio:0",
// which is the package's counter once more.
[[nodiscard]] std::optional<ZoneNumber> parse_zone(std::string_view name);

// By the zone's own name: "package-0", "package-0-die-1", "core", "uncore", "dram", "psys".
[[nodiscard]] std::optional<Quantity> energy_of(std::string_view name);

// The N of "package-N" and "package-N-die-M".
[[nodiscard]] std::optional<std::uint32_t> package_of(std::string_view name);

// Counts on where the zone's own count starts again from 0, at a value that is no power of 2.
class EnergyCount {
  public:
    // A larger count of microjoules is no counter's.
    static constexpr std::uint64_t largest_range = std::uint64_t{1} << 60U;

    // `range` is max_energy_range_uj: the largest value that the zone shows.
    [[nodiscard]] static std::optional<EnergyCount> with_range(std::uint64_t range);

    // Microjoules since the first reading, given that no more than `most` of them can have been
    // spent since the last one.
    [[nodiscard]] std::expected<std::uint64_t, Origin> advance(std::uint64_t raw,
                                                               std::uint64_t most);

  private:
    explicit EnergyCount(std::uint64_t range) : range_(range) {}

    std::uint64_t range_;
    std::optional<std::uint64_t> last_{};
    std::uint64_t sum_ = 0;
};

}  // namespace penstock
