// SPDX-License-Identifier: Apache-2.0
//
// Child program: another program that we run and whose output we read.

#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace penstock {

struct ChildCommand {
    std::string program{};  // Without folder: it is looked for in a fixed list of them.
    std::vector<std::string> arguments{};
    std::vector<std::string> environment{};  // "KEY=value", besides PATH and LC_ALL.
};

// Ends with the object: asked first, so that it can clean up, and then made to.
class ChildProgram {
  public:
    virtual ~ChildProgram() = default;

    // What it has written and nobody has read. Never waits. EAGAIN while there is nothing, 0 bytes
    // when there will be nothing any more, because it has ended.
    virtual std::expected<std::size_t, int> read(std::span<char> into) = 0;

    // What it complained about: the first and the last line on its standard error, printable.
    virtual std::string complaint() = 0;
};

class ChildLauncher {
  public:
    virtual ~ChildLauncher() = default;

    // ENOENT when there is no such program.
    virtual Result<std::unique_ptr<ChildProgram>> start(const ChildCommand& command) = 0;
};

}  // namespace penstock
