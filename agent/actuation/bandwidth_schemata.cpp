// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/bandwidth_schemata.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace penstock {
namespace {

constexpr std::size_t most_domains = 1024;
constexpr std::uint64_t whole_percent = 100;
constexpr std::uint64_t whole_of_amd = 2048;
constexpr double bytes_per_eighth_gb = 125e6;
constexpr double bytes_per_mebibyte = 1048576;

struct Domain {
    std::uint32_t number = 0;
    std::uint64_t value = 0;
};

// "0=100".
std::optional<Domain> parse_domain(std::string_view text) {
    const std::vector<std::string_view> sides = split(trimmed(text), '=');
    if (sides.size() != 2) {
        return std::nullopt;
    }
    const auto number = parse_number<std::uint32_t>(trimmed(sides[0]));
    const auto value = parse_number<std::uint64_t>(trimmed(sides[1]));
    return number && value ? std::optional(Domain{.number = *number, .value = *value})
                           : std::nullopt;
}

std::optional<std::string_view> bandwidth_line(std::string_view schemata) {
    for (const std::string_view line : split(schemata, '\n')) {
        const std::string_view text = trimmed(line);
        if (text.starts_with("MB:")) {
            return text.substr(3);
        }
    }
    return std::nullopt;
}

BandwidthSchemata::Unit unit_of(std::uint64_t unlimited) {
    if (unlimited <= whole_percent) {
        return BandwidthSchemata::Unit::percent;
    }
    return unlimited <= whole_of_amd ? BandwidthSchemata::Unit::eighth_gb
                                     : BandwidthSchemata::Unit::mebibyte;
}

}  // namespace

std::optional<std::uint64_t> BandwidthSchemata::value_for(double share, std::uint64_t peak) const {
    double wanted = share * whole_percent;
    if (unit != Unit::percent) {
        if (peak == 0 || domains.empty()) {
            return std::nullopt;
        }
        const double bytes = unit == Unit::eighth_gb ? bytes_per_eighth_gb : bytes_per_mebibyte;
        wanted = share * static_cast<double>(peak) / static_cast<double>(domains.size()) / bytes;
    }
    // The kernel would round up to the next step.
    const double steps = std::floor((wanted / static_cast<double>(step)) + 1e-9);
    const double value = steps * static_cast<double>(step);
    return static_cast<std::uint64_t>(
        std::clamp(value, static_cast<double>(least), static_cast<double>(unlimited)));
}

std::string BandwidthSchemata::line_of(std::uint64_t value) const {
    std::string line = "MB:";
    for (const std::uint32_t domain : domains) {
        line +=
            (line.back() == ':' ? "" : ";") + std::to_string(domain) + "=" + std::to_string(value);
    }
    return line + "\n";
}

Result<BandwidthSchemata> read_schemata(std::string_view schemata,
                                        std::string_view min_bandwidth,
                                        std::string_view bandwidth_gran) {
    const auto line = bandwidth_line(schemata);
    if (!line) {
        return fail("resctrl limits no memory bandwidth on this processor");
    }
    BandwidthSchemata found;
    found.unlimited = 0;
    for (const std::string_view part : split(*line, ';')) {
        const auto domain = parse_domain(part);
        if (!domain || found.domains.size() == most_domains) {
            return fail("resctrl's schemata make no sense: \"" + printable(*line) + "\"");
        }
        found.domains.push_back(domain->number);
        found.unlimited = std::max(found.unlimited, domain->value);
    }
    const auto least = parse_number<std::uint64_t>(trimmed(min_bandwidth));
    const auto step = parse_number<std::uint64_t>(trimmed(bandwidth_gran));
    found.unit = unit_of(found.unlimited);
    found.least = std::max<std::uint64_t>(least.value_or(1), 1);
    found.step = std::max<std::uint64_t>(step.value_or(1), 1);
    if (found.least > found.unlimited || found.step > found.unlimited) {
        return fail("resctrl's root group is limited already, so nobody can tell what no limit is");
    }
    return found;
}

}  // namespace penstock
