// SPDX-License-Identifier: Apache-2.0
//
// Branch: a part of the emulator's file tree. Paths have no leading slash; the root is "".

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::emulator {

enum class NodeKind : unsigned char {
    absent,
    directory,
    text,
    control,  // A text that root alone reads and writes.
    driver,
};

class Branch {
  public:
    virtual ~Branch() = default;

    [[nodiscard]] virtual NodeKind kind(const std::string& path) const = 0;

    // The names directly in a directory, sorted; none when it is not there.
    [[nodiscard]] virtual std::vector<std::string> names(const std::string& path) const = 0;

    // What a file holds now; nothing when it is gone.
    [[nodiscard]] virtual std::optional<std::string> content(const std::string& path) const = 0;

    // Acts on what was written to a control file. Returns 0 or a negative errno.
    [[nodiscard]] virtual int write(const std::string& path, std::string_view text) const = 0;
};

}  // namespace penstock::emulator
