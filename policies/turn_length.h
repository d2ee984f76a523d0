// SPDX-License-Identifier: Apache-2.0
//
// Turn length: how long turns have to be for changing them to cost no more than a hundredth.

#pragma once

#include "policies/snapshot.h"

namespace penstock {

// At least `wished`. A change of turns is a suspend and a resume; what they cost is as measured, or
// nothing while that is unknown.
[[nodiscard]] Duration turn_length(Duration wished, const Device* device);

}  // namespace penstock
