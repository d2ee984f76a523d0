// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "agent/probes/pcm/pcm_table.h"
#include "base/text.h"

namespace penstock {
namespace {

constexpr std::uint32_t most_sockets = 64;
constexpr std::size_t most_rows = 1024;
constexpr std::string_view socket_prefix = "Socket";

}  // namespace

void PcmIioTable::start_anew() {
    PcmTable::start_anew();
    columns_.reset();
    rows_.clear();
}

bool PcmIioTable::take(std::string_view line) {
    if (!split_csv(line, cells_)) {
        return false;
    }
    if (std::ranges::find(cells_, socket_prefix) != cells_.end()) {
        take_heading();
        return false;
    }
    if (!columns_ || cells_.size() != columns_->count) {
        return false;  // A banner, or a line that was cut.
    }
    const std::string_view name = cells_[columns_->socket];
    const auto socket = name.starts_with(socket_prefix)
                            ? parse_number<std::uint32_t>(name.substr(socket_prefix.size()))
                            : std::nullopt;
    if (!socket || *socket >= most_sockets) {
        return false;
    }
    std::string row(name);
    row += ',';
    row += cells_[columns_->stack];
    row += ',';
    row += cells_[columns_->part];
    const auto at = rates_of(*socket, row);
    if (!at) {
        return false;
    }
    PcmRate& sent = rates_[*at];
    PcmRate& received = rates_[*at + 1];
    sent.bytes_per_second = parse_rate(cells_[columns_->written], 1);
    received.bytes_per_second = parse_rate(cells_[columns_->read], 1);
    sent.fresh = true;
    received.fresh = true;
    return true;
}

void PcmIioTable::take_heading() {
    const auto column = [&](std::string_view name) -> std::optional<std::size_t> {
        const auto found = std::ranges::find(cells_, name);
        return found == cells_.end()
                   ? std::nullopt
                   : std::optional(static_cast<std::size_t>(found - cells_.begin()));
    };
    const auto socket = column(socket_prefix);
    const auto stack = column("Name");
    const auto part = column("Part");
    const auto written = column("IB write");
    const auto read = column("IB read");
    columns_.reset();
    if (socket && stack && part && written && read) {
        columns_ = {.count = cells_.size(),
                    .socket = *socket,
                    .stack = *stack,
                    .part = *part,
                    .written = *written,
                    .read = *read};
    }
}

// What devices write to memory, they have sent; what they read, they have received.
std::optional<std::size_t> PcmIioTable::rates_of(std::uint32_t socket, const std::string& row) {
    const auto known = rows_.find(row);
    if (known != rows_.end()) {
        return known->second;
    }
    if (rows_.size() == most_rows) {
        return std::nullopt;
    }
    const std::size_t at = rates_.size();
    const std::uint64_t part = rows_.size();
    rates_.push_back({.quantity = Quantity::link_sent, .socket = socket, .part = part});
    rates_.push_back({.quantity = Quantity::link_received, .socket = socket, .part = part});
    rows_.emplace(row, at);
    return at;
}

}  // namespace penstock
