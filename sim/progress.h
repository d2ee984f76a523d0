// SPDX-License-Identifier: Apache-2.0
//
// Progress: how many of how many runs are over, for who waits at a terminal.

#pragma once

#include <cstddef>

namespace penstock::sim {

// On standard error, where that is a terminal: one line, which is gone at the end.
void show_progress(std::size_t done, std::size_t all);

}  // namespace penstock::sim
