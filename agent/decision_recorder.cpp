// SPDX-License-Identifier: Apache-2.0

#include "agent/decision_recorder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/clock.h"
#include "base/journal.h"

namespace penstock {
namespace {

constexpr mode_t only_owner = 0600;

// Lines are collected, because a write per tick would delay the next; but a crash is what a record
// is for, and must not take much of it along.
constexpr std::size_t write_beyond = 64 * 1024;
constexpr Duration longest_wait = std::chrono::seconds(1);

}  // namespace

Result<> DecisionRecorder::open(const std::string& path, std::uint64_t most_bytes) {
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    Result<Fd> file = owned(::open(path.c_str(), flags, only_owner), "open " + path);
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    // One that was there before may have been for everybody to read.
    if (::fchmod(file->get(), only_owner) != 0) {
        return fail(errno, "take others' rights to " + path);
    }
    file_ = std::move(*file);
    const decisions::Head head{.program = "penstockd " PENSTOCK_VERSION,
                               .started = seconds_since_1970(),
                               .started_at = monotonic_now()};
    writer_.emplace(head, most_bytes);
    return {};
}

void DecisionRecorder::followed(std::string_view policy, const PolicySettings& settings) {
    if (writer_) {
        writer_->followed(policy, settings);
    }
}

void DecisionRecorder::limited(const Guard::Limits& limits) {
    if (writer_) {
        writer_->limited(limits);
    }
}

void DecisionRecorder::acted(const wire::Acted& act) {
    if (writer_) {
        writer_->acted(act);
    }
}

void DecisionRecorder::witness(const Snapshot& seen, const Decision& decided) {
    if (!writer_) {
        return;
    }
    decisions::DecisionWriter& writer = *writer_;
    writer.ticked(seen, decided);
    if (writer.over()) {
        journal(Severity::notice, "the record of decisions has ended; its last line says why");
    }
    if (writer.over() || writer.waiting().size() > write_beyond || seen.now >= write_due_) {
        write_due_ = seen.now + longest_wait;
        write(writer);
    }
}

void DecisionRecorder::end(std::string_view why) {
    if (writer_) {
        writer_->ended(why);
        write(*writer_);
    }
}

void DecisionRecorder::write(decisions::DecisionWriter& writer) {
    const Result<> written = write_all(file_, writer.waiting(), "write the record of decisions");
    if (!written) {
        // A full disk must not stop scheduling: the record ends here and says so once.
        journal(Severity::error, written.error().message());
    }
    writer.waiting().clear();
    if (!written || writer.over()) {
        file_.reset();
        writer_.reset();  // It is the same one.
    }
}

}  // namespace penstock
