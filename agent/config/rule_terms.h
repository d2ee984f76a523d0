// SPDX-License-Identifier: Apache-2.0
//
// Rule terms: on what terms a process runs, as the keys of a rule's [Apply] write it.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policies/terms.h"

namespace penstock::config {

// "Priority", "Class" and so on, in the order of the terms.
[[nodiscard]] std::span<const std::string_view> term_keys();

// What Key=value chooses. The key is one of term_keys().
[[nodiscard]] Result<Choices> parse_term(std::string_view key,
                                         std::string_view value,
                                         const std::string& source);

// Whether any of them raises a process above what it is without a rule.
[[nodiscard]] bool raises(const Choices& terms);

struct KeyValue {
    std::string_view key{};
    std::string value{};
};

// In the notation that parse_term() reads back.
[[nodiscard]] std::vector<KeyValue> written(const Choices& terms);

}  // namespace penstock::config
