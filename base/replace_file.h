// SPDX-License-Identifier: Apache-2.0
//
// Replace file: puts a new file in the place of another at once. Whoever reads it sees the former
// or the new one, and never a part.

#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace penstock {

// What the new file has to outlive.
enum class Outlives : unsigned char { the_program, a_power_cut };

// The folder must be there; of a link in the place of the file, the link is replaced.
Result<> replace_file(const std::string& path, std::string_view text, mode_t mode, Outlives what);

}  // namespace penstock
