// SPDX-License-Identifier: Apache-2.0
//
// Lease view: the leases as penstockctl prints them. They are objects of JSON with the names of the
// properties on the bus, and "Path"; what is missing or of another type is shown as unknown.

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace penstock::ctl {

[[nodiscard]] std::string leases_text(const nlohmann::json& leases);

// In bytes and bytes per second; null for unknown.
[[nodiscard]] nlohmann::json leases_json(const nlohmann::json& leases);

}  // namespace penstock::ctl
