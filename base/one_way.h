// SPDX-License-Identifier: Apache-2.0
//
// One way: a connection on which one end writes and the other can only read.
//
// A socket and no pipe: who has the reading end of a pipe can make it hold more of the writer's
// memory, and as the same user can open the other end. Here the writer alone says how much waits,
// and learns at once when the last copy of the reading end has gone.

#pragma once

#include "base/fd.h"

namespace penstock {

struct OneWay {
    Fd writer{};
    Fd reader{};
};

// Neither end blocks or survives exec(). At most `bytes`, and the kernel's bookkeeping on top, wait
// between them.
Result<OneWay> make_one_way(int bytes);

}  // namespace penstock
