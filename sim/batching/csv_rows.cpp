// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/csv_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace penstock::sim {

Result<CsvRows> CsvRows::open(std::string file, std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) {
        text.remove_prefix(byte_order_mark.size());
    }
    CsvRows rows(std::move(file), text);
    const std::optional<std::string_view> header = rows.next_line();
    if (!header) {
        return fail(rows.file_ +
                    ":1: the file is empty; a line with the names of columns is missing");
    }
    if (!rows.split_fields(*header)) {
        return fail(rows.place() + "a quote is not closed, or there are too many columns");
    }
    for (const std::string_view name : rows.fields_) {
        if (!name.empty() && std::ranges::count(rows.names_, trimmed(name)) > 0) {
            return fail(rows.place() + "two columns are called " + printable(name));
        }
        rows.names_.emplace_back(trimmed(name));
    }
    return rows;
}

std::optional<std::size_t> CsvRows::column(std::string_view name) const {
    const auto found = std::ranges::find(names_, name);
    return found == names_.end() ? std::nullopt : std::optional(found - names_.begin());
}

std::string CsvRows::place() const {
    return fmt::format("{}:{}: ", file_, line_);
}

std::optional<std::string_view> CsvRows::next_line() {
    while (!rest_.empty()) {
        ++line_;
        const auto* end = static_cast<const char*>(std::memchr(rest_.data(), '\n', rest_.size()));
        const std::size_t length =
            end == nullptr ? rest_.size() : static_cast<std::size_t>(end - rest_.data());
        std::string_view line = rest_.substr(0, length);
        rest_.remove_prefix(std::min(length + 1, rest_.size()));
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (!line.empty()) {
            return line;
        }
    }
    return std::nullopt;
}

bool CsvRows::split_fields(std::string_view line) {
    fields_.clear();
    std::size_t comma = 0;
    while (comma != std::string_view::npos) {
        const bool quoted = line.starts_with('"');
        const std::size_t quote = quoted ? line.find('"', 1) : 0;
        if (quote == std::string_view::npos || fields_.size() == most_columns) {
            return false;
        }
        comma = line.find(',', quote);
        fields_.push_back(quoted ? line.substr(1, quote - 1) : line.substr(0, comma));
        line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
    }
    return true;
}

Result<std::optional<std::span<const std::string_view>>> CsvRows::next() {
    const std::optional<std::string_view> line = next_line();
    if (!line) {
        return std::nullopt;
    }
    if (!split_fields(*line)) {
        return fail(place() + "a quote is not closed, or there are too many columns");
    }
    if (fields_.size() != names_.size()) {
        return fail(fmt::format(
            "{}{} fields, where the header has {}", place(), fields_.size(), names_.size()));
    }
    return fields_;
}

}  // namespace penstock::sim
