// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/energy/cpu_ticks.h"

#include "base/text.h"

namespace penstock {
namespace {

// Counted from the state, the first field behind the name.
constexpr int field_of_user_time = 11;
constexpr int field_of_kernel_time = 12;

// Centuries on all processors of the largest machine: a larger count was misread.
constexpr std::uint64_t most_ticks = std::uint64_t{1} << 48U;

}  // namespace

std::optional<std::uint64_t> ticks_of_process(std::string_view stat) {
    const std::size_t name_end = stat.rfind(") ");
    if (name_end == std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view rest = stat.substr(name_end + 2);
    std::uint64_t ticks = 0;
    for (int field = 0; field <= field_of_kernel_time; ++field) {
        const std::size_t end = rest.find(' ');
        const bool wanted = field >= field_of_user_time;
        const auto part = wanted ? parse_number<std::uint64_t>(rest.substr(0, end)) : 0;
        // More fields follow in every kernel.
        if (!part || *part > most_ticks || end == std::string_view::npos) {
            return std::nullopt;
        }
        ticks += *part;
        rest.remove_prefix(end + 1);
    }
    return ticks;
}

}  // namespace penstock
