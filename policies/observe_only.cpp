// SPDX-License-Identifier: Apache-2.0

#include "policies/observe_only.h"

namespace penstock {

Decision ObserveOnly::decide(const Snapshot& /*snapshot*/) {
    return {};
}

}  // namespace penstock
