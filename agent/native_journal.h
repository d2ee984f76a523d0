// SPDX-License-Identifier: Apache-2.0
//
// Native journal: hands lines to journald with their events and fields.

#pragma once

#include <string_view>

namespace penstock {

// Whether journald listens behind our standard error, as systemd arranges for a service.
[[nodiscard]] bool journald_listens();

// "journal" or "console"; false for anything else.
bool set_log_target(std::string_view target);
[[nodiscard]] const char* log_target();

}  // namespace penstock
