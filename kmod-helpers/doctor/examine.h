// SPDX-License-Identifier: Apache-2.0
//
// Examines the facts about a machine: what each of them means for preemption, and what to change.

#pragma once

#include <vector>

#include "kmod-helpers/doctor/facts.h"
#include "kmod-helpers/doctor/finding.h"

namespace penstock::doctor {

// Pure. In the order in which a person would look: driver, permissions, kernel, devices.
[[nodiscard]] std::vector<Finding> examine(const Facts& facts);

}  // namespace penstock::doctor
