// SPDX-License-Identifier: Apache-2.0

#include "agent/outcome_trace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>

#include "base/journal.h"
#include "policies/reason_names.h"

namespace penstock {
namespace {

constexpr mode_t owner_and_group = 0640;
constexpr std::size_t write_beyond = 64 * 1024;

std::string_view name_of(Verb verb) {
    switch (verb) {
        case Verb::suspend:
            return "suspend";
        case Verb::resume:
            return "resume";
    }
    return "unknown";
}

}  // namespace

Result<OutcomeTrace> OutcomeTrace::open(const std::string& path) {
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    Result<Fd> file = owned(::open(path.c_str(), flags, owner_and_group), "open " + path);
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    return OutcomeTrace(std::move(*file));
}

void OutcomeTrace::acted(const wire::Acted& report, std::uint32_t pid, std::uint32_t cause_pid) {
    if (!file_) {
        return;
    }
    fmt::format_to(std::back_inserter(pending_),
                   R"({{"verb":"{}","reason":"{}","pid":{},"gpu_id":{},"queue":{},"queues":{},)"
                   R"("cause_pid":{},"written":{},"seen_ns":{},"woken_ns":{},)"
                   R"("entered_ns":{},"done_ns":{},"error":{}}})"
                   "\n",
                   name_of(report.verb),
                   name_of(report.reason),
                   pid,
                   report.gpu.value,
                   report.queue == every_queue ? "null" : std::to_string(report.queue),
                   report.queues,
                   cause_pid,
                   report.written,
                   report.seen_ns,
                   report.woken_ns,
                   report.entered_ns,
                   report.done_ns,
                   report.error);
    if (pending_.size() > write_beyond) {
        flush();
    }
}

void OutcomeTrace::requested(std::string_view request, std::uint32_t pid, TimePoint received) {
    if (file_) {
        fmt::format_to(std::back_inserter(pending_),
                       R"({{"request":"{}","pid":{},"received_ns":{}}})"
                       "\n",
                       request,
                       pid,
                       to_ns(received));
    }
}

void OutcomeTrace::flush() {
    if (const Result<> written = write_all(file_, pending_, "write the trace"); !written) {
        // A full disk must not stop scheduling: the trace ends here and says so once.
        journal(Severity::error, written.error().message());
        file_.reset();
    }
    pending_.clear();
}

}  // namespace penstock
