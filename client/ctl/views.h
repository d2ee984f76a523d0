// SPDX-License-Identifier: Apache-2.0
//
// Views: the world as penstockctl prints it, one function per form.

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "client/ctl/world.h"

namespace penstock::ctl {

[[nodiscard]] std::string status_text(const World& world);

[[nodiscard]] std::string list_text(const World& world);

// In bytes per second and seconds; null for unknown.
[[nodiscard]] nlohmann::json list_json(const World& world);

// One line without its end. `clock` is the time of day.
[[nodiscard]] std::string tail_text(const World& world, const std::string& clock);

// `time` is in seconds since 1970, UTC.
[[nodiscard]] nlohmann::json tail_json(const World& world, double time);

}  // namespace penstock::ctl
