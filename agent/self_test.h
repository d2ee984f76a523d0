// SPDX-License-Identifier: Apache-2.0
//
// Self test: whether the agent gets what it needs where it runs, tried for real. A sandbox that is
// scored well can still leave a service unable to do anything.

#pragma once

#include "agent/options.h"

namespace penstock {

// One line per ability on standard output. False when one is missing without which nobody can be
// preempted.
[[nodiscard]] bool self_test(const Options& options);

}  // namespace penstock
