// SPDX-License-Identifier: Apache-2.0
//
// Agent names: what the agent and its interfaces are called on the bus.

#pragma once

namespace penstock::ctl {

inline constexpr const char* service = "org.penstock1";
inline constexpr const char* root = "/org/penstock1";
inline constexpr const char* manager = "org.penstock1.Manager";
inline constexpr const char* process = "org.penstock1.Process";

}  // namespace penstock::ctl
