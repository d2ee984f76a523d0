// SPDX-License-Identifier: Apache-2.0
//
// CSV rows: a table with a header, read from front to back without copying.
//
// Columns are found by their names, because traces of one kind come with more or fewer of them.
// Fields may be quoted; a quoted field ends on its own line. Empty lines are left out.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock::sim {

class CsvRows {
  public:
    static constexpr std::size_t most_columns = 256;

    // Reads the header. `file` names it in sentences; the text outlives the rows.
    static Result<CsvRows> open(std::string file, std::string_view text);

    // The number of the column with this name, blanks around it aside.
    [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;

    // A view of the next row, as long as the header; nothing at the end.
    Result<std::optional<std::span<const std::string_view>>> next();

    // "FILE:LINE: ", of the row that was read last.
    [[nodiscard]] std::string place() const;

    [[nodiscard]] std::size_t line() const { return line_; }

    [[nodiscard]] const std::string& file() const { return file_; }

  private:
    CsvRows(std::string file, std::string_view text) : file_(std::move(file)), rest_(text) {}

    // The next line that is not empty.
    std::optional<std::string_view> next_line();
    bool split_fields(std::string_view line);

    std::string file_;
    std::string_view rest_;
    std::size_t line_ = 0;
    std::vector<std::string> names_{};
    std::vector<std::string_view> fields_{};
};

}  // namespace penstock::sim
