// SPDX-License-Identifier: Apache-2.0
//
// D-Bus values as JSON: the shape in which answers of the agent are read, recorded and tested.

#pragma once

#include <systemd/sd-bus.h>

#include <nlohmann/json.hpp>

namespace penstock::ctl {

// The value at the reading position. Dictionaries become objects, arrays and structs arrays, and
// variants what they hold. Null where the message ends or is malformed.
[[nodiscard]] nlohmann::json to_json(sd_bus_message* message);

}  // namespace penstock::ctl
