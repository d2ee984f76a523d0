// SPDX-License-Identifier: Apache-2.0
//
// Action: one suspend or resume that an order asks for now, of an owner or of a single queue.

#pragma once

#include "policies/decision.h"

namespace penstock {

struct Action {
    OwnerId owner{};
    Verb verb = Verb::resume;
    Reason reason = Reason::release;
    std::uint32_t queue = every_queue;  // Or the one that is held or let go by itself.
    bool operator==(const Action&) const = default;
};

}  // namespace penstock
