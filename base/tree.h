// SPDX-License-Identifier: Apache-2.0
//
// Tree: reads small files under a root directory, so that /sys and /proc can be folders in a test.

#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace penstock {

class Tree {
  public:
    // `root` is "/sys", "/proc" or a folder that looks like one.
    explicit Tree(std::string root) : root_(std::move(root)) {}

    [[nodiscard]] const std::string& root() const { return root_; }

    [[nodiscard]] std::string path(const std::string& relative) const;

    // At most `limit` bytes; a longer file is an error, because a cut one would be misread.
    [[nodiscard]] Result<std::string> read(const std::string& relative,
                                           std::size_t limit = 64 * 1024) const;

    // The names in a directory, sorted, without "." and "..".
    [[nodiscard]] Result<std::vector<std::string>> list(const std::string& relative) const;

  private:
    std::string root_;
};

}  // namespace penstock
