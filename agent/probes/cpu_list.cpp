// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/cpu_list.h"

#include <algorithm>

#include "base/text.h"

namespace penstock {
namespace {

struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
};

std::optional<Range> range_of(std::string_view text) {
    const std::size_t dash = std::min(text.find('-'), text.size());
    const auto first = parse_number<std::uint32_t>(text.substr(0, dash));
    const auto last =
        dash == text.size() ? first : parse_number<std::uint32_t>(text.substr(dash + 1));
    if (!first || !last || *last < *first || *last >= most_cpus) {
        return std::nullopt;
    }
    return Range{.first = *first, .last = *last};
}

}  // namespace

Result<std::vector<std::uint32_t>> parse_cpu_list(std::string_view text) {
    std::vector<std::uint32_t> cpus;
    std::string_view rest = trimmed(text);
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        const std::string_view part = rest.substr(0, comma);
        const auto range = range_of(part);
        if (!range) {
            return fail("\"" + printable(part) + "\" is no range of processors below " +
                        std::to_string(most_cpus));
        }
        if (!cpus.empty() && range->first <= cpus.back()) {
            return fail("the list of processors does not ascend at \"" + printable(part) + "\"");
        }
        for (std::uint32_t cpu = range->first; cpu <= range->last; ++cpu) {
            cpus.push_back(cpu);
        }
        if (comma == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(comma + 1);
        if (rest.empty()) {
            return fail("the list of processors ends with a comma");
        }
    }
    return cpus;
}

}  // namespace penstock
