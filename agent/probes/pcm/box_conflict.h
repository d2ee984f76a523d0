// SPDX-License-Identifier: Apache-2.0
//
// Box conflict: whether perf can count at the memory controllers, which PCM would program anew.

#pragma once

#include <optional>
#include <string>

#include "agent/probes/machine.h"

namespace penstock {

// Why PCM must not be started, as a sentence; nothing when it may.
[[nodiscard]] std::optional<std::string> perf_holds_boxes(Machine& machine);

}  // namespace penstock
