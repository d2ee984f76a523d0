// SPDX-License-Identifier: Apache-2.0
//
// Hold: why a queue does not run although its owner wants it to. Holds are independent of each
// other: a queue runs when nobody has one.

#pragma once

#include <cstdint>

namespace penstock::emulator {

enum class Hold : std::uint8_t {
    debugger = 1,  // DBG_TRAP's suspension.
    eviction = 2,  // CRIU_OP's; never of one queue alone.
    vendor = 4,    // A patched driver's preemption.
};

}  // namespace penstock::emulator
