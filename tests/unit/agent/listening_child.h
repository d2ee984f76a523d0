// SPDX-License-Identifier: Apache-2.0
//
// Listening child: a child process that has descriptors from 3 on, as systemd starts a service for
// which it has kept some.

#pragma once

#include <functional>
#include <string>

namespace penstock {

// The names have colons in between. What runs in the child returns true when all was as expected
// there; with false, and when the child could not be prepared, this returns false.
[[nodiscard]] bool started_with(const std::string& names,
                                int count,
                                const std::function<bool()>& in_child);

}  // namespace penstock
