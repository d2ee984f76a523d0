// SPDX-License-Identifier: Apache-2.0
//
// Plot files: data and a script for gnuplot that lie in one folder, and names that mean nothing to
// it.

#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"

namespace penstock::sim {

// Of anything that somebody has named: within gnuplot's quotation marks, most characters mean
// something.
[[nodiscard]] std::string plot_name(std::string name);

struct PlotFile {
    std::string_view name{};
    const std::string& text;
};

// Makes the folder if there is none, and writes over what has those names.
[[nodiscard]] Result<> write_plot_files(const std::string& folder,
                                        std::initializer_list<PlotFile> files);

}  // namespace penstock::sim
