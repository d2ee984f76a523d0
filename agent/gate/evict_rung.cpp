// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/evict_rung.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

namespace penstock::gate {
namespace {

kfd::Reach all_of(std::span<const std::uint32_t> queues) {
    return {.reached = static_cast<std::uint32_t>(queues.size())};
}

// A descriptor of our own for the same process.
Result<Fd> another(int pidfd) {
    return owned(::fcntl(pidfd, F_DUPFD_CLOEXEC, 0), "duplicate a pidfd");
}

}  // namespace

Result<std::unique_ptr<Rung>> EvictRung::make(const Ports& ports,
                                              const Target& target,
                                              EvictParts parts) {
    const auto pid = static_cast<pid_t>(target.pid);
    if (Result<> alive = ports.processes.check(target.pidfd, pid); !alive) {
        return std::unexpected(std::move(alive).error());
    }
    if (Result<> seized = ports.tracer.seize(pid); !seized) {
        return std::unexpected(std::move(seized).error());
    }
    std::unique_ptr<EvictRung> rung(new EvictRung(ports, target, std::move(parts)));
    if (Result<> ready = rung->prepare(); !ready) {
        return std::unexpected(std::move(ready).error());
    }
    return rung;
}

// Restoring is the one harmless call: it shows whether the files and our rights are good.
Result<> EvictRung::prepare() {
    const Result<Incarnation> process = Incarnation::of(parts_.proc, target_.pid);
    if (!process) {
        return std::unexpected(process.error());
    }
    const Result<std::uint32_t> own = own_pid(parts_.proc, target_.pid);
    if (!own) {
        return std::unexpected(own.error());
    }
    process_ = *process;
    own_pid_ = *own;
    const Result<Fd> pidfd = another(target_.pidfd);
    if (!pidfd) {
        return std::unexpected(pidfd.error());
    }
    Result<std::vector<Fd>> files = parts_.port.files_of(*pidfd, pid());
    if (!files) {
        return std::unexpected(std::move(files).error());
    }
    files_ = std::move(*files);
    // Again: until it was seized the pid could have got another process.
    if (Result<> alive = ports_.processes.check(target_.pidfd, pid()); !alive) {
        return alive;
    }
    if (Result<> restored = kfd::restore_each(parts_.port, files_); !restored) {
        return restored;
    }
    strike_left_over();
    return {};
}

// What an earlier eviction of this process left in the ledger has just been undone.
void EvictRung::strike_left_over() {
    const LedgerEntry evicted{.undo = Undo::restore_process, .process = process_};
    for (const EvictionLedger::LeftOver& left : parts_.ledger.left_over()) {
        if (left.entry == evicted) {
            parts_.ledger.strike(left.line);
        }
    }
}

EvictRung::~EvictRung() {
    if (const Result<> restored = restore(); !restored && line_) {
        ports_.outbox.report(wire::Said{.severity = 3,
                                        .line = "process " + std::to_string(target_.pid) +
                                                " stays evicted: " + restored.error().message()});
        parts_.ledger.leave(*line_);
    }
    ports_.tracer.release(pid());
}

Result<kfd::Reach> EvictRung::suspend(GpuId gpu, std::span<std::uint32_t> queues) {
    if (suspended_on_.empty()) {
        if (Result<> evicted = evict(); !evicted) {
            return std::unexpected(std::move(evicted).error());
        }
    }
    if (std::ranges::find(suspended_on_, gpu) == suspended_on_.end()) {
        suspended_on_.push_back(gpu);
    }
    return all_of(queues);
}

Result<kfd::Reach> EvictRung::resume(GpuId gpu, std::span<std::uint32_t> queues) {
    const bool on_another =
        std::ranges::any_of(suspended_on_, [&](GpuId suspended) { return suspended != gpu; });
    if (!on_another) {
        if (Result<> restored = restore(); !restored) {
            return std::unexpected(std::move(restored).error());
        }
    }
    std::erase(suspended_on_, gpu);
    return all_of(queues);
}

Result<> EvictRung::evict() {
    if (!line_) {
        const Result<EvictionLedger::Line> line =
            parts_.ledger.enter({.undo = Undo::restore_process, .process = process_});
        if (!line) {
            return std::unexpected(line.error());
        }
        line_ = *line;
    }
    Result<> evicted = evict_own_process();
    if (!evicted) {
        // A failure here keeps the line, and the next attempt or the destructor tries again.
        [[maybe_unused]] const Result<> ignored = restore();
    }
    return evicted;
}

// The first time, files that the process inherited are found out by what they evict.
Result<> EvictRung::evict_own_process() {
    while (!files_.empty()) {
        if (Result<> alone = kfd::restore_each(parts_.port, files_); !alone) {
            return alone;
        }
        const Result<std::uint32_t> evicted = parts_.port.evict(files_.front());
        if (evicted && *evicted == own_pid_) {
            files_.resize(1);
            return {};
        }
        if (!evicted && evicted.error().code != EBADF) {
            return std::unexpected(evicted.error());
        }
        // Its opener is another process, which we may trace as well.
        if (Result<> undone = kfd::restore_each(parts_.port, files_); !undone) {
            return undone;
        }
        files_.erase(files_.begin());
    }
    return fail("process " + std::to_string(target_.pid) + " has no device file of its own");
}

// Afterwards nothing of the process is evicted, and nothing of it is in the ledger.
Result<> EvictRung::restore() {
    if (!line_) {
        return {};
    }
    Result<> restored = files_.empty() ? Result<>{} : kfd::restore_each(parts_.port, files_);
    if (!restored && ports_.processes.check(target_.pidfd, pid())) {
        return fail(std::move(restored).error(), "stays in the ledger of evictions");
    }
    parts_.ledger.strike(*line_);
    line_.reset();
    suspended_on_.clear();
    return {};
}

}  // namespace penstock::gate
