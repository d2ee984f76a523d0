// SPDX-License-Identifier: Apache-2.0
//
// Process origin: where a process comes from, as rules of the configuration ask for it.
//
// Below its own unit a process may make control groups as it likes, and a user's manager names its
// units as that user likes: only the outermost unit, and what stands above it, says who granted
// what.

#pragma once

#include <cstdint>
#include <string_view>

#include "agent/config/rules.h"
#include "base/tree.h"
#include "policies/snapshot.h"

namespace penstock {

// Where a process comes from: its groups and its program. Of one that has ended, or hides,
// everything is unknown.
[[nodiscard]] config::Identity origin_of(const Tree& proc, std::uint32_t pid);

// What only rules ask for.
void add_user_and_command(const Tree& proc, std::uint32_t pid, config::Identity& identity);

// What clients are shown of it, cut to a bounded length.
[[nodiscard]] ProcessOrigin shown_of(const config::Identity& identity);

// Unit, slice and control group from the text of /proc/PID/cgroup.
void place_in_groups(std::string_view cgroup_file, config::Identity& identity);

// The uid, when the real, the effective and the saved one in /proc/PID/status are the same: a
// program with another user's rights is nobody's.
[[nodiscard]] std::string only_uid(std::string_view status_file);

}  // namespace penstock
