// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/energy/powercap_zone.h"

#include <utility>

#include "base/text.h"

namespace penstock {
namespace {

constexpr std::string_view rapl = "intel-rapl:";
constexpr std::string_view package_name = "package-";

}  // namespace

std::optional<ZoneNumber> parse_zone(std::string_view name) {
    if (!name.starts_with(rapl)) {
        return std::nullopt;
    }
    const std::string_view numbers = name.substr(rapl.size());
    const std::size_t colon = numbers.find(':');
    const auto zone = parse_number<std::uint32_t>(numbers.substr(0, colon));
    if (!zone) {
        return std::nullopt;
    }
    if (colon == std::string_view::npos) {
        return ZoneNumber{.zone = *zone};
    }
    const auto part = parse_number<std::uint32_t>(numbers.substr(colon + 1));
    return part ? std::optional(ZoneNumber{.zone = *zone, .part = part}) : std::nullopt;
}

std::optional<Quantity> energy_of(std::string_view name) {
    if (package_of(name)) {
        return Quantity::energy_package;
    }
    if (name == "core") {
        return Quantity::energy_cores;
    }
    if (name == "uncore") {
        return Quantity::energy_graphics;
    }
    if (name == "dram") {
        return Quantity::energy_memory;
    }
    return name == "psys" ? std::optional(Quantity::energy_platform) : std::nullopt;
}

std::optional<std::uint32_t> package_of(std::string_view name) {
    if (!name.starts_with(package_name)) {
        return std::nullopt;
    }
    const std::string_view rest = name.substr(package_name.size());
    return parse_number<std::uint32_t>(rest.substr(0, rest.find("-die-")));
}

std::optional<EnergyCount> EnergyCount::with_range(std::uint64_t range) {
    return range == 0 || range > largest_range ? std::nullopt : std::optional(EnergyCount(range));
}

std::expected<std::uint64_t, Origin> EnergyCount::advance(std::uint64_t raw, std::uint64_t most) {
    if (raw > range_) {
        last_.reset();
        return std::unexpected<Origin>("powercap: the energy is beyond its own range");
    }
    const std::uint64_t before = std::exchange(last_, raw).value_or(raw);
    const std::uint64_t spent = raw >= before ? raw - before : range_ - before + raw + 1;
    if (spent > most) {
        return std::unexpected<Origin>("powercap: more energy than a processor can spend");
    }
    sum_ += spent;
    return sum_;
}

}  // namespace penstock
