// SPDX-License-Identifier: Apache-2.0
//
// Read all: what a descriptor has to read at the moment, up to its end or until it would block.

#pragma once

#include <unistd.h>

#include <array>
#include <string>

#include "base/fd.h"

namespace penstock::fakes {

[[nodiscard]] inline std::string read_all(const Fd& file) {
    std::string text;
    std::array<char, 4096> piece{};
    ssize_t count = 0;
    while ((count = ::read(file.get(), piece.data(), piece.size())) > 0) {
        text.append(piece.data(), static_cast<std::size_t>(count));
    }
    return text;
}

}  // namespace penstock::fakes
