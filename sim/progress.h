// SPDX-License-Identifier: Apache-2.0
//
// Progress: how much of what somebody waits for at a terminal is done.

#pragma once

#include <cstddef>
#include <string_view>

namespace penstock::sim {

// On standard error, where that is a terminal: one line, which is gone at the end.
void show_progress_of(std::string_view what, std::size_t done, std::size_t all);

// Of runs.
void show_progress(std::size_t done, std::size_t all);

}  // namespace penstock::sim
