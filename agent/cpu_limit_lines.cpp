// SPDX-License-Identifier: Apache-2.0

#include "agent/cpu_limit_lines.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "base/journal.h"

namespace penstock {
namespace {

constexpr std::size_t most_named = 8;  // In one line.

std::vector<std::string> units_of(const CpuOrder& order) {
    std::vector<std::string> units;
    units.reserve(order.limits.size());
    for (const CpuLimit& limit : order.limits) {
        units.push_back(limit.unit);
    }
    return units;
}

std::string named(std::vector<std::string> units) {
    const std::size_t count = units.size();
    units.resize(std::min(count, most_named));
    return fmt::format("{}{}",
                       fmt::join(units, ", "),
                       count > most_named ? fmt::format(" and {} more", count - most_named) : "");
}

}  // namespace

void CpuLimitLines::note(const CpuOrder& order, std::string_view means, TimePoint now) {
    const std::vector<std::string> units = units_of(order);
    const bool same = units == told_ && (units.empty() || means == told_means_);
    if (same || (when_ != TimePoint{} && now - when_ < apart)) {
        return;
    }
    when_ = now;
    told_ = units;
    told_means_ = means;
    tell(order, means);
}

void CpuLimitLines::tell(const CpuOrder& order, std::string_view means) {
    const std::array fields{
        JournalField{.name = "PENSTOCK_UNITS", .value = fmt::format("{}", fmt::join(told_, " "))},
        JournalField{.name = "PENSTOCK_MEANS", .value = std::string(means)}};
    std::string line = "nobody is held back on the processors any more";
    if (!told_.empty()) {
        line = fmt::format(
            "memory is close to saturation: {} {} to {:.2f} of the processor time "
            "that they had{}",
            named(told_),
            means.empty() ? "would be held back" : "are held back",
            order.share,
            means.empty() ? "" : fmt::format(", by {}", means));
    }
    journal(Severity::info, line, events::cpu_limits_changed, fields);
}

std::vector<std::string> lines_of(const CpuOrder& order) {
    std::vector<std::string> lines;
    lines.reserve(order.limits.size() + 1);
    for (const CpuLimit& limit : order.limits) {
        lines.push_back(fmt::format(
            "{}: {:.2f} of {:.2f} processors", limit.unit, limit.processors, limit.had));
    }
    return lines;
}

}  // namespace penstock
