// SPDX-License-Identifier: Apache-2.0
//
// Process advice: what a person can change so that a process can be preempted better.

#pragma once

#include <string>

#include "client/ctl/world.h"

namespace penstock::ctl {

// "" when the process stands well, or when nothing is known to help.
[[nodiscard]] std::string advice_for(const ProcessView& process);

}  // namespace penstock::ctl
