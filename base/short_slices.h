// SPDX-License-Identifier: Apache-2.0
//
// Short slices: how soon the scheduler lets a program run that wakes up while others are busy.
//
// From Linux 6.12 on a normal program may name its own slice. One that is shorter than the others'
// does not change its share of the processors, but makes it run before their slices have ended,
// which are some milliseconds long.

#pragma once

#include "base/units.h"

namespace penstock {

// For the calling thread and those it starts. Older kernels keep their own slice, and so does one
// that refuses: nothing depends on it but punctuality.
void ask_for_slices_of(Duration length);

}  // namespace penstock
