// SPDX-License-Identifier: Apache-2.0
//
// Action: one suspend or resume that an order asks for now.

#pragma once

#include "policies/decision.h"

namespace penstock {

struct Action {
    OwnerId owner{};
    Verb verb = Verb::resume;
    Reason reason = Reason::release;
    bool operator==(const Action&) const = default;
};

}  // namespace penstock
