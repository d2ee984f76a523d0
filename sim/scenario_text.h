// SPDX-License-Identifier: Apache-2.0
//
// Scenario text: reads a scenario from the dialect of systemd's files: [Scenario], [Fleet], [Device
// NAME], [Job NAME] and [Policy NAME], with the keys of scenario_keys.h.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/config/unit_text.h"
#include "base/result.h"
#include "sim/machine/scenario.h"

namespace penstock::sim {

// The scenario makes sense only when nothing was objected to.
struct ScenarioRead {
    Scenario scenario{};
    config::Remarks remarks{};
};

[[nodiscard]] ScenarioRead parse_scenario(const std::string& file,
                                          std::string_view text,
                                          const std::vector<std::string>& changes = {});

// Fails when the file can not be read. `changes` are of the form "SECTION.KEY=VALUE", and count as
// if they stood at the end of the file.
[[nodiscard]] Result<ScenarioRead> load_scenario(const std::string& file,
                                                 const std::vector<std::string>& changes = {});

}  // namespace penstock::sim
