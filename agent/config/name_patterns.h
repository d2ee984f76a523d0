// SPDX-License-Identifier: Apache-2.0
//
// Name patterns: which programs a rule of the administrator speaks of, by the names that processes
// give themselves.

#pragma once

#include <span>
#include <string>

namespace penstock {

// In a pattern * stands for any characters and ? for one; [ ] and \ as in fnmatch(3).
[[nodiscard]] bool matches_any(std::span<const std::string> patterns, const std::string& name);

}  // namespace penstock
