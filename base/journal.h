// SPDX-License-Identifier: Apache-2.0
//
// Journal: one line per event, on standard error with the <N> prefix that journald understands.
// Libraries return errors; only programs and the agent's parts that act on their own log.

#pragma once

#include <string_view>

namespace penstock {

enum class Severity : unsigned char { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };

// Lines below the threshold are dropped; the default shows everything down to info.
void set_journal_threshold(Severity lowest);

void journal(Severity severity, std::string_view line);

}  // namespace penstock
