// SPDX-License-Identifier: Apache-2.0

#include "base/journal.h"

#include <unistd.h>

#include <atomic>
#include <string>

namespace penstock {
namespace {

// One word for the whole process, as errno is: a threshold passed through every call would be
// noise.
std::atomic<Severity>& threshold() {
    static std::atomic<Severity> lowest{Severity::info};
    return lowest;
}

// Standard error has no room for the event and the fields.
void write_line(Severity severity,
                std::string_view line,
                Event /*event*/,
                std::span<const JournalField> /*fields*/) {
    std::string text = "<" + std::to_string(static_cast<int>(severity)) + ">";
    text.append(line).push_back('\n');
    // One write, so that lines of several programs on one terminal do not mix. A lost log line has
    // nobody to be reported to.
    [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, text.data(), text.size());
}

std::atomic<JournalSink>& present_sink() {
    static std::atomic<JournalSink> sink{&write_line};
    return sink;
}

}  // namespace

void set_journal_threshold(Severity lowest) {
    threshold() = lowest;
}

Severity journal_threshold() {
    return threshold();
}

void set_journal_sink(JournalSink sink) {
    present_sink() = sink != nullptr ? sink : &write_line;
}

void journal(Severity severity, std::string_view line) {
    journal(severity, line, Event{});
}

void journal(Severity severity,
             std::string_view line,
             Event event,
             std::span<const JournalField> fields) {
    if (severity <= threshold()) {
        present_sink().load()(severity, line, event, fields);
    }
}

}  // namespace penstock
