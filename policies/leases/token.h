// SPDX-License-Identifier: Apache-2.0
//
// Token: whether an exclusive lease, which keeps all others waiting, can be of use on this machine.
//
// Where several cores at once move much more than one does, whoever keeps the others out throws
// that away: half of the throughput on a machine whose memory two cores can not fill. So it takes a
// measurement that says otherwise, or somebody who insists.

#pragma once

#include <string>

#include "policies/snapshot.h"

namespace penstock {

// From this gain on programs do better side by side. One that is a little above 1 is as good as
// none: each of them loses to the other's misses, too.
inline constexpr double gain_of_sharing = 1.2;

// Only where the gain (MemoryNode::concurrency_gain) is known, possible, and below that.
[[nodiscard]] bool token_allowed(const Sample<double>& gain);

// Why it is, or is not: a sentence that begins small and has no full stop.
[[nodiscard]] std::string token_verdict(const Sample<double>& gain);

}  // namespace penstock
