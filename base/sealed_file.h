// SPDX-License-Identifier: Apache-2.0
//
// Sealed file: text in memory behind a descriptor, which nobody can change any more, neither who
// made it nor who got it.

#pragma once

#include <string_view>

#include "base/fd.h"

namespace penstock {

// The descriptor only reads, from the beginning. `name` is what /proc shows of it; it may be that
// of another file.
Result<Fd> sealed_file(const char* name, std::string_view text);

}  // namespace penstock
