// SPDX-License-Identifier: Apache-2.0
//
// Config reader: JSON text, value by value, with the line of each key.

#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "policies/batching/config/config_values.h"

namespace penstock::batching {

// One object. The sentence of a failure begins with "LINE: ".
[[nodiscard]] Result<std::vector<ConfigValue>> read_config(std::string_view text);

// A single value, as behind a key; a word that is no JSON is a text.
[[nodiscard]] Result<ConfigValue::Content> read_config_value(std::string_view text);

}  // namespace penstock::batching
