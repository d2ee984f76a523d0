// SPDX-License-Identifier: Apache-2.0
//
// Config view: what the configuration's files amount to, for a person and for a script.

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "agent/config/configuration.h"

namespace penstock::ctl {

// A file that says the same, with each key's meaning and form above it, and then the rules.
[[nodiscard]] std::string config_text(const config::Configuration& configuration);

// {"settings": {"Agent": {"Policy": "..."}}, "rules": [...], "files": [...], "remarks": [...]}.
[[nodiscard]] nlohmann::ordered_json config_json(const config::Configuration& configuration);

// "FILE:LINE: error: ..." for each remark, and a line that counts them.
[[nodiscard]] std::string remarks_text(const config::Configuration& configuration);

}  // namespace penstock::ctl
