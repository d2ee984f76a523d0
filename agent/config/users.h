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

// Whether the user is a member of the group, also as the one that it belongs to first. A group that
// nobody knows has no members. May ask a server, and wait for it.
[[nodiscard]] bool is_member(std::uint32_t uid, const std::string& group);

}  // namespace penstock::config
