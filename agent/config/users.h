// SPDX-License-Identifier: Apache-2.0
//
// Users of this machine, by their names.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace penstock::config {

// Nothing for a user whom nobody knows. May ask a server, and wait for it.
[[nodiscard]] std::optional<std::uint32_t> uid_of_user(const std::string& name);

}  // namespace penstock::config
