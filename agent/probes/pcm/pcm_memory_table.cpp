// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "agent/probes/pcm/pcm_table.h"
#include "base/text.h"

namespace penstock {
namespace {

constexpr double megabyte = 1e6;
constexpr std::uint32_t most_sockets = 64;
constexpr std::string_view socket_prefix = "SKT";
constexpr std::string_view whole_machine = "System";

// In a line like "SKT1" of the heading.
std::optional<std::uint32_t> socket_of(std::string_view group) {
    const auto number = group.starts_with(socket_prefix)
                            ? parse_number<std::uint32_t>(group.substr(socket_prefix.size()))
                            : std::nullopt;
    return number && *number < most_sockets ? number : std::nullopt;
}

std::optional<Quantity> quantity_of(std::string_view group, std::string_view name) {
    const bool whole = group == whole_machine;
    if (name == (whole ? "Read" : "Mem Read (MB/s)")) {
        return Quantity::dram_read;
    }
    if (name == (whole ? "Write" : "Mem Write (MB/s)")) {
        return Quantity::dram_written;
    }
    return std::nullopt;
}

}  // namespace

void PcmMemoryTable::start_anew() {
    PcmTable::start_anew();
    groups_.clear();
    columns_ = 0;
    column_of_.clear();
}

bool PcmMemoryTable::take(std::string_view line) {
    if (!split_csv(line, cells_)) {
        return false;
    }
    if (cells_.front() == "Date") {
        return take_heading(cells_);
    }
    if (columns_ == 0 || cells_.front().empty()) {
        groups_ = line;
        return false;
    }
    // A line with fewer cells was cut, and who knows where.
    const bool whole = cells_.size() == columns_;
    for (std::size_t at = 0; at < rates_.size(); ++at) {
        rates_[at].bytes_per_second =
            whole ? parse_rate(cells_[column_of_[at]], megabyte) : std::nullopt;
        rates_[at].fresh = true;
    }
    return !rates_.empty();
}

bool PcmMemoryTable::take_heading(const std::vector<std::string_view>& names) {
    std::vector<std::string_view> groups;
    rates_.clear();
    column_of_.clear();
    columns_ = 0;
    if (!split_csv(groups_, groups) || groups.size() < names.size()) {
        return false;
    }
    columns_ = names.size();
    for (std::size_t column = 0; column < names.size(); ++column) {
        if (socket_of(groups[column])) {
            add_columns(groups[column], names[column], column);
        }
    }
    // The sums of the sockets would count everything twice.
    for (std::size_t column = 0; rates_.size() < 2 && column < names.size(); ++column) {
        if (groups[column] == whole_machine) {
            add_columns(groups[column], names[column], column);
        }
    }
    return false;
}

void PcmMemoryTable::add_columns(std::string_view group,
                                 std::string_view name,
                                 std::size_t column) {
    const auto quantity = quantity_of(group, name);
    const std::uint32_t socket = socket_of(group).value_or(0);
    const bool known = std::ranges::any_of(rates_, [&](const PcmRate& rate) {
        return rate.socket == socket && rate.quantity == quantity;
    });
    if (quantity && !known) {
        // Where a kernel knows only one memory node, its sockets add up.
        rates_.push_back({.quantity = *quantity, .socket = socket, .part = socket});
        column_of_.push_back(column);
    }
}

}  // namespace penstock
