// SPDX-License-Identifier: Apache-2.0
//
// Whole file: what a file says, unless it is larger than anybody would mean it to be; and a file
// that says something.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace penstock::sim {

[[nodiscard]] Result<std::string> read_whole(const std::string& file, std::size_t most_bytes);

[[nodiscard]] Result<> write_whole(const std::string& file, std::string_view text);

}  // namespace penstock::sim
