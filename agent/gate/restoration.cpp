// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/restoration.h"

#include <cerrno>

#include "agent/gate/vendor_rung.h"
#include "base/pidfd.h"

namespace penstock::gate {
namespace {

enum class Fate : std::uint8_t { resumed, gone };

Result<Fate> restore_process(const LedgerEntry& entry, const Fd& pidfd, const RestoreParts& parts) {
    if (parts.evict == nullptr) {
        return fail("there is no device that could restore it");
    }
    const auto pid = static_cast<pid_t>(entry.process.pid);
    if (Result<> seized = parts.tracer.seize(pid); !seized) {
        return std::unexpected(std::move(seized).error());
    }
    Result<> restored{};
    Result<std::vector<Fd>> files = parts.evict->files_of(pidfd, pid);
    if (files) {
        restored = kfd::restore_each(*parts.evict, *files);
    } else {
        restored = std::unexpected(std::move(files).error());
    }
    parts.tracer.release(pid);
    if (!restored) {
        return std::unexpected(std::move(restored).error());
    }
    return Fate::resumed;
}

Result<Fate> resume_queue(const LedgerEntry& entry, const RestoreParts& parts) {
    if (parts.vendor == nullptr) {
        return fail("the vendor's requests are no longer configured");
    }
    const Result<> resumed = parts.vendor->resume(entry.process.pid, entry.queue);
    if (!resumed && !means_no_such_queue(resumed.error().code)) {
        return std::unexpected(resumed.error());
    }
    return Fate::resumed;
}

Result<Fate> undo(const LedgerEntry& entry, const RestoreParts& parts) {
    const Result<Fd> pidfd = open_pidfd(static_cast<pid_t>(entry.process.pid));
    if (!pidfd && pidfd.error().code == ESRCH) {
        return Fate::gone;
    }
    if (!pidfd) {
        return std::unexpected(pidfd.error());
    }
    // After the pidfd: if the pid is still that incarnation's, so is the pidfd.
    const Result<Incarnation> now = Incarnation::of(parts.proc, entry.process.pid);
    if (!is_alive(*pidfd) || (now && *now != entry.process)) {
        return Fate::gone;
    }
    if (!now) {
        return std::unexpected(now.error());
    }
    switch (entry.undo) {
        case Undo::restore_process:
            return restore_process(entry, *pidfd, parts);
        case Undo::resume_queue:
            return resume_queue(entry, parts);
    }
    return fail("the ledger asks for an unknown undo");
}

std::string purpose(const LedgerEntry& entry) {
    std::string process = "process " + std::to_string(entry.process.pid);
    switch (entry.undo) {
        case Undo::restore_process:
            return "restore " + process;
        case Undo::resume_queue:
            return "resume queue " + std::to_string(entry.queue) + " of " + process;
    }
    return process;
}

}  // namespace

Restored restore_all(EvictionLedger& ledger, const RestoreParts& parts) {
    Restored restored;
    for (const auto& [line, entry] : ledger.left_over()) {
        Result<Fate> fate = undo(entry, parts);
        if (!fate) {
            restored.troubles.push_back(
                std::move(fate).error().while_doing(purpose(entry)).message());
            continue;
        }
        ++(*fate == Fate::gone ? restored.gone : restored.resumed);
        ledger.strike(line);
    }
    return restored;
}

}  // namespace penstock::gate
