// SPDX-License-Identifier: Apache-2.0
//
// Decision line: the kinds of lines that a record of decisions has.

#pragma once

#include <string>

#include "policies/gate_wire.h"
#include "policies/guard.h"
#include "policies/policy_settings.h"

namespace penstock::decisions {

// The first line.
struct Head {
    std::string program{};
    double started = 0;      // Seconds since 1970, UTC, at...
    TimePoint started_at{};  // ...this time of the machine's monotonic clock.
};

// From the next tick on a new instance of this policy decides.
struct Followed {
    std::string policy{};
    PolicySettings settings{};
};

// From the next tick on the guard has these.
struct Limited {
    Guard::Limits limits{};
};

// The gate did something. It is in the snapshot of the next tick.
struct Done {
    wire::Acted act{};
};

// One round of the loop: what was seen and decided is the reader's to ask.
struct Ticked {
    bool decided_anew = false;  // The decision differs from the one before.
};

// The last line: why there are no more.
struct Ended {
    std::string why{};
};

}  // namespace penstock::decisions
