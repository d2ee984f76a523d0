// SPDX-License-Identifier: Apache-2.0
//
// Table: rows of text under headings, aligned with blanks.

#pragma once

#include <string>
#include <vector>

namespace penstock::ctl {

struct Column {
    std::string heading{};
    bool number = false;  // Aligned to the right.
};

// One line per row, each ended by '\n', without blanks at its end. A row that is too short is
// filled with empty cells.
[[nodiscard]] std::string table_text(const std::vector<Column>& columns,
                                     const std::vector<std::vector<std::string>>& rows);

}  // namespace penstock::ctl
