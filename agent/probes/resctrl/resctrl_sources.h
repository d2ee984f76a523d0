// SPDX-License-Identifier: Apache-2.0
//
// resctrl as sources: what processors ask of memory, in sum and for each process with queues.

#pragma once

#include <memory>

#include "agent/probes/resctrl/resctrl_groups.h"
#include "agent/probes/source_catalogue.h"

namespace penstock {

// "resctrl_mbm": the traffic of all processors at each memory node.
[[nodiscard]] std::unique_ptr<Source> make_resctrl_mbm(const SourceSettings& settings);

// "resctrl_groups": the traffic of each client's processors, if the administrator wants that.
[[nodiscard]] std::unique_ptr<Source> make_resctrl_groups(const SourceSettings& settings);
[[nodiscard]] std::unique_ptr<Source> make_resctrl_groups_with(
    const SourceSettings& settings, std::unique_ptr<ResctrlGroups> groups);

}  // namespace penstock
