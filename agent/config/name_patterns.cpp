// SPDX-License-Identifier: Apache-2.0

#include "agent/config/name_patterns.h"

#include <fnmatch.h>

#include <algorithm>

namespace penstock {

bool matches_any(std::span<const std::string> patterns, const std::string& name) {
    return std::ranges::any_of(patterns, [&](const std::string& pattern) {
        return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
    });
}

}  // namespace penstock
