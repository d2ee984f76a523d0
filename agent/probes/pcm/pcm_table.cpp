// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/pcm/pcm_table.h"

#include <cmath>

#include "base/text.h"

namespace penstock {
namespace {

constexpr std::size_t most_cells = 4096;

// Bytes per second of one socket: more than any memory or root complex moves.
constexpr double fastest = 1e13;

}  // namespace

bool split_csv(std::string_view line, std::vector<std::string_view>& into) {
    into.clear();
    for (std::size_t from = 0; from <= line.size();) {
        const std::size_t end = std::min(line.find(',', from), line.size());
        if (into.size() == most_cells) {
            into.clear();
            return false;
        }
        into.push_back(trimmed(line.substr(from, end - from)));
        from = end + 1;
    }
    return true;
}

std::optional<double> parse_rate(std::string_view cell, double unit) {
    double value = 0;
    const auto [end, error] =
        std::from_chars(cell.data(), cell.data() + cell.size(), value, std::chars_format::fixed);
    const bool whole = error == std::errc() && end == cell.data() + cell.size();
    if (!whole || !std::isfinite(value) || value < 0 || value * unit > fastest) {
        return std::nullopt;
    }
    return value * unit;
}

}  // namespace penstock
