// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/trace_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "sim/batching/csv_rows.h"
#include "sim/batching/trace_columns.h"
#include "sim/whole_file.h"

namespace penstock::sim {
namespace {

using Fields = std::span<const std::string_view>;

constexpr std::size_t most_bytes = std::size_t{4} << 30U;

class TraceReader {
  public:
    TraceReader(CsvRows& rows, const TraceColumns& columns) : rows_(rows), columns_(columns) {}

    // Nothing of a request that failed.
    Result<std::optional<TraceRow>> read(Fields fields, std::int64_t number) {
        TraceRow row{.id = number};
        if (columns_.id) {
            const auto id = parse_number<std::int64_t>(trimmed(fields[*columns_.id]));
            if (!id) {
                return wrong(columns_.kind.id, fields[*columns_.id], "no whole number");
            }
            row.id = *id;
        }
        const auto arrival = parse_arrival(trimmed(fields[columns_.arrival]), columns_.kind.form);
        if (!arrival) {
            return wrong(columns_.kind.arrival, fields[columns_.arrival], "no time of arrival");
        }
        row.arrival_us = *arrival;
        if (Result<> read = read_tokens(fields, row); !read) {
            return std::unexpected(std::move(read).error());
        }
        if (columns_.kind.zero_output_failed && row.output == 0) {
            return std::nullopt;
        }
        row.prompt = std::max(row.prompt, 1U);
        row.output = std::max(row.output, 1U);
        row.predicted = std::max(row.predicted, 1U);
        return row;
    }

  private:
    [[nodiscard]] std::unexpected<Error> wrong(std::string_view column,
                                               std::string_view text,
                                               std::string_view what) const {
        return fail(fmt::format("{}{} is {}: {}",
                                rows_.place(),
                                column,
                                text.empty() ? "empty" : printable(text),
                                what));
    }

    Result<> read_count(std::string_view column, std::string_view text, std::uint32_t& into) {
        const auto count = parse_number<std::uint32_t>(trimmed(text));
        if (!count || *count > batching::most_tokens) {
            return wrong(column,
                         text,
                         fmt::format("no number of tokens from 0 to {}", batching::most_tokens));
        }
        into = *count;
        return {};
    }

    Result<> read_tokens(Fields fields, TraceRow& row) {
        const TraceKind& kind = columns_.kind;
        Result<> read = read_count(kind.prompt, fields[columns_.prompt], row.prompt);
        if (read) {
            read = read_count(kind.output, fields[columns_.output], row.output);
        }
        row.predicted = row.output;
        if (read && columns_.predicted && !trimmed(fields[*columns_.predicted]).empty()) {
            read = read_count(kind.predicted, fields[*columns_.predicted], row.predicted);
        }
        return read;
    }

    CsvRows& rows_;
    const TraceColumns& columns_;
};

Result<> read_rows(CsvRows& rows,
                   const TraceColumns& columns,
                   RawTrace& raw,
                   std::vector<std::uint32_t>& lines) {
    TraceReader reader(rows, columns);
    while (true) {
        const auto fields = rows.next();
        if (!fields) {
            return std::unexpected(fields.error());
        }
        const std::optional<Fields> there = *fields;
        if (!there) {
            return {};
        }
        if (raw.rows.size() == batching::most_requests) {
            return fail(
                fmt::format("{}more than {} requests", rows.place(), batching::most_requests));
        }
        Result<std::optional<TraceRow>> row =
            reader.read(*there, static_cast<std::int64_t>(raw.rows.size()));
        if (!row) {
            return std::unexpected(std::move(row).error());
        }
        if (const std::optional<TraceRow> read = *row) {
            raw.rows.push_back(*read);
            lines.push_back(static_cast<std::uint32_t>(rows.line()));
        } else {
            ++raw.left_out;
        }
    }
}

}  // namespace

Result<RawTrace> parse_requests(const std::string& file, std::string_view text) {
    Result<CsvRows> rows = CsvRows::open(file, text);
    if (!rows) {
        return std::unexpected(std::move(rows).error());
    }
    const Result<TraceColumns> columns = columns_of(*rows);
    if (!columns) {
        return std::unexpected(columns.error());
    }
    RawTrace raw{.file = file};
    std::vector<std::uint32_t> lines;
    Result<> read = read_rows(*rows, *columns, raw, lines);
    if (read && raw.rows.empty()) {
        read = fail(rows->place() + "no request follows");
    }
    if (read) {
        read = order_by_id(raw, lines);
    }
    if (!read) {
        return std::unexpected(std::move(read).error());
    }
    return raw;
}

Result<RawTrace> load_requests(const std::string& file) {
    const Result<std::string> text = read_whole(file, most_bytes);
    return text ? parse_requests(file, *text) : std::unexpected(text.error());
}

}  // namespace penstock::sim
