// SPDX-License-Identifier: Apache-2.0
//
// Config keys: which keys a configuration of batching may have, and what each takes.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policies/batching/config/batching_config.h"

namespace penstock::batching {

struct ConfigKey {
    std::string_view path{};
    // The failure says what is wanted instead: "is no whole number from 1 to 1024".
    Result<> (*read)(const ConfigValue::Content& content, BatchingConfig& into) = nullptr;
    // The kind for which the key means something, such as "linear"; any when empty.
    std::string_view of_kind{};
    std::string_view required_of{};  // The kind that has no default for it; "*" for all.
};

[[nodiscard]] std::span<const ConfigKey> config_keys();

}  // namespace penstock::batching
