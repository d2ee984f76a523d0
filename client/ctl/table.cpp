// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::ctl {
namespace {

using Row = std::vector<std::string>;

std::string cell(const Row& row, std::size_t column) {
    return column < row.size() ? row[column] : "";
}

std::string line(const std::vector<Column>& columns,
                 const std::vector<std::size_t>& widths,
                 const Row& row) {
    std::string text;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        text += i == 0 ? "" : "  ";
        text += columns[i].number ? fmt::format("{:>{}}", cell(row, i), widths[i])
                                  : fmt::format("{:<{}}", cell(row, i), widths[i]);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + '\n';
}

}  // namespace

std::string table_text(const std::vector<Column>& columns, const std::vector<Row>& rows) {
    Row headings;
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        headings.push_back(columns[i].heading);
        std::size_t width = columns[i].heading.size();
        for (const Row& row : rows) {
            width = std::max(width, cell(row, i).size());
        }
        widths.push_back(width);
    }
    std::string text = line(columns, widths, headings);
    for (const Row& row : rows) {
        text += line(columns, widths, row);
    }
    return text;
}

}  // namespace penstock::ctl
