// SPDX-License-Identifier: Apache-2.0
//
// Journal: one line per event, on standard error with the <N> prefix that journald understands, or
// wherever the program has it go. Libraries return errors; only programs and the agent's parts that
// act on their own log.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/events.h"

namespace penstock {

enum class Severity : unsigned char { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };

// Lines below the threshold are dropped; the default shows everything down to info.
void set_journal_threshold(Severity lowest);
[[nodiscard]] Severity journal_threshold();

// What a line is about, for whoever filters: "PENSTOCK_PID", "4242".
struct JournalField {
    const char* name = "";
    std::string value{};
};

void journal(Severity severity, std::string_view line);
void journal(Severity severity,
             std::string_view line,
             Event event,
             std::span<const JournalField> fields = {});

// Where lines go; null is standard error. The event's id may be "".
using JournalSink = void (*)(Severity severity,
                             std::string_view line,
                             Event event,
                             std::span<const JournalField> fields);
void set_journal_sink(JournalSink sink);

}  // namespace penstock
