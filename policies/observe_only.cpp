// SPDX-License-Identifier: Apache-2.0

#include "policies/observe_only.h"

namespace penstock {

const Decision& ObserveOnly::decide(const Snapshot& /*snapshot*/) {
    return decision_;
}

}  // namespace penstock
