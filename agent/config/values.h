// SPDX-License-Identifier: Apache-2.0
//
// Values: what may stand behind a Key=, in systemd's notations. The errors are sentences for
// whoever wrote the file.

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/notation.h"
#include "base/result.h"

namespace penstock::config {

using penstock::parse_bandwidth;
using penstock::parse_bandwidth_limit;
using penstock::parse_boolean;
using penstock::parse_integer;
using penstock::parse_time_span;
using penstock::to_text;

// Words between blanks; "double" or 'single' quotes keep blanks together.
[[nodiscard]] Result<std::vector<std::string>> parse_words(std::string_view text);

// Keeps what was there when there is no value.
template <typename T>
Result<> store(Result<T> value, T& into) {
    if (!value) {
        return std::unexpected(std::move(value).error());
    }
    into = std::move(*value);
    return {};
}

// In the notation that parse_words() reads back.
[[nodiscard]] std::string to_text(const std::vector<std::string>& words);

}  // namespace penstock::config
