// SPDX-License-Identifier: Apache-2.0
//
// Conflicts: what on a machine keeps sources of measurements from counting, or makes them count
// wrongly, and what a person can change. Only what is not as one would wish is told.

#pragma once

#include <vector>

#include "agent/probes/machine.h"
#include "kmod-helpers/doctor/finding.h"

namespace penstock {

// In the order in which a person would look: who else counts, permissions, what is missing.
[[nodiscard]] std::vector<doctor::Finding> find_conflicts(Machine& machine);

}  // namespace penstock
