// SPDX-License-Identifier: Apache-2.0
//
// Device survey: the accelerators of this machine, and what can be read of each.

#pragma once

#include <string>
#include <vector>

#include "agent/probes/source.h"
#include "base/tree.h"
#include "policies/snapshot.h"

namespace penstock {

struct DeviceSurvey {
    std::vector<Device> devices{};
    Surroundings around{};
};

// The error says why there is nothing to schedule: no driver, no device, or no permission.
Result<DeviceSurvey> survey_devices(const std::string& kfd_path, const Tree& sysfs);

}  // namespace penstock
