// SPDX-License-Identifier: Apache-2.0
//
// Table: rows of words, whose columns become as wide as their widest word.

#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace penstock::sim {

class Table {
  public:
    void row(std::vector<std::string> words) { rows_.push_back(std::move(words)); }

    // The first column to the left, the others to the right.
    [[nodiscard]] std::string text() const {
        std::vector<std::size_t> widths;
        for (const auto& row : rows_) {
            widths.resize(std::max(widths.size(), row.size()));
            for (std::size_t column = 0; column < row.size(); ++column) {
                widths[column] = std::max(widths[column], row[column].size());
            }
        }
        std::string text;
        for (const auto& row : rows_) {
            for (std::size_t column = 0; column < row.size(); ++column) {
                text += column == 0 ? fmt::format("{:<{}}", row[column], widths[column])
                                    : fmt::format("  {:>{}}", row[column], widths[column]);
            }
            text += '\n';
        }
        return text;
    }

  private:
    std::vector<std::vector<std::string>> rows_{};
};

}  // namespace penstock::sim
