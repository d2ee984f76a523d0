// SPDX-License-Identifier: Apache-2.0
//
// Suggestion: which known word somebody may have meant.

#pragma once

#include <span>
#include <string>
#include <string_view>

namespace penstock {

// The one that is the fewest changes of a letter away, if those are few for its length; otherwise
// nothing. The first of equals.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       std::span<const std::string_view> known);

// "; did you mean Seed?", for the end of a sentence about the word; "" where nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string_view> known);

// The same with all that are known: "; did you mean Seed? There are: Name, Seed".
[[nodiscard]] std::string names_instead(std::string_view word,
                                        std::span<const std::string_view> known);

}  // namespace penstock
