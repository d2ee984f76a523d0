// SPDX-License-Identifier: Apache-2.0
//
// Scenario keys: what may be assigned in each kind of section of a scenario, and how it is read. Of
// a [Policy] these are the settings of policies/setting_table.h, and Base=.

#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "sim/machine/scenario.h"

namespace penstock::sim {

template <typename Target>
struct ScenarioKey {
    std::string_view name;
    // Keeps what was there when the text makes no sense.
    Result<> (*set)(Target& target, std::string_view text);
};

[[nodiscard]] std::span<const ScenarioKey<Scenario>> scenario_keys();
[[nodiscard]] std::span<const ScenarioKey<FleetModel>> fleet_keys();
[[nodiscard]] std::span<const ScenarioKey<MemoryModel>> memory_keys();
[[nodiscard]] std::span<const ScenarioKey<DeviceModel>> device_keys();
[[nodiscard]] std::span<const ScenarioKey<JobModel>> job_keys();  // But for names of others.

}  // namespace penstock::sim
