// SPDX-License-Identifier: Apache-2.0
//
// Configuration files: which of those on the machine count, and in what order.
//
// As systemd has it: of /etc, /run, /usr/local/lib and /usr/lib the first with a file of the name
// wins, and an empty file or a link to /dev/null there makes as if there were none. Files of a
// folder are read in the order of their names, wherever they lie.

#pragma once

#include <string>
#include <vector>

#include "agent/config/unit_text.h"
#include "base/tree.h"

namespace penstock::config {

inline constexpr std::size_t most_files_of_a_folder = 1024;

struct File {
    std::string path{};  // From the root of the tree, with a slash in front.
    std::string text{};
};

// /usr/lib/penstock/NAME or what takes its place, and then the files of NAME.d.
[[nodiscard]] std::vector<File> gather(const Tree& root, const std::string& name, Remarks& remarks);

// The files of one folder, such as "rules.d".
[[nodiscard]] std::vector<File> gather_folder(const Tree& root,
                                              const std::string& folder,
                                              Remarks& remarks);

}  // namespace penstock::config
