// SPDX-License-Identifier: Apache-2.0
//
// Gate self test: whether the gate gets what it needs where it runs, tried on a child of its own.

#pragma once

#include <string>

namespace penstock::gate {

// One line per ability on standard output. False when one is missing without which nobody can be
// suspended. `realtime` as --realtime has it.
[[nodiscard]] bool self_test(const std::string& kfd_path, int realtime);

}  // namespace penstock::gate
