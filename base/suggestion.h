// SPDX-License-Identifier: Apache-2.0
//
// Suggestion: which known word somebody may have meant.

#pragma once

#include <span>
#include <string_view>

namespace penstock {

// The one that is the fewest changes of a letter away, if those are few for its length; otherwise
// nothing. The first of equals.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       std::span<const std::string_view> known);

}  // namespace penstock
