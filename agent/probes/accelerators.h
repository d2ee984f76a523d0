// SPDX-License-Identifier: Apache-2.0
//
// Accelerators: the devices that KFD shows in sysfs, and where the files of each are found.
//
// For whoever measures them without scheduling anything. A device whose files make no sense is left
// out.

#pragma once

#include <string>
#include <vector>

#include "agent/probes/source.h"

namespace penstock {

struct Accelerator {
    DevicePlace place{};
    std::string name{};  // "gfx942".
};

[[nodiscard]] std::vector<Accelerator> find_accelerators(Machine& machine);

// What sources need to know of a machine with these.
[[nodiscard]] Surroundings surroundings_of(const std::vector<Accelerator>& accelerators,
                                           bool emulated);

}  // namespace penstock
