// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/vendor_rung.h"

#include <algorithm>
#include <cerrno>

namespace penstock::gate {
namespace {

std::uint32_t bit_for(const Error& error) {
    return means_no_such_queue(error.code) ? kfd::queue_invalid_bit : kfd::queue_error_bit;
}

}  // namespace

bool means_no_such_queue(int code) {
    return code == EINVAL || code == ENOENT || code == ESRCH;
}

Result<std::unique_ptr<Rung>> VendorRung::make(const Ports& ports,
                                               const Target& target,
                                               VendorParts parts) {
    const Result<Incarnation> process = Incarnation::of(parts.proc, target.pid);
    if (!process) {
        return std::unexpected(process.error());
    }
    // After it: while this process lives, the pid was and is its own.
    const auto pid = static_cast<pid_t>(target.pid);
    if (Result<> alive = ports.processes.check(target.pidfd, pid); !alive) {
        return std::unexpected(std::move(alive).error());
    }
    std::unique_ptr<VendorRung> rung(new VendorRung(ports, target, std::move(parts)));
    rung->process_ = *process;
    return rung;
}

VendorRung::~VendorRung() {
    while (!preempted_.empty()) {
        const Preempted last = preempted_.back();
        if (const Result<bool> resumed = resume_one(last.queue); !resumed) {
            ports_.outbox.report(wire::Said{
                .severity = 3,
                .line = "queue " + std::to_string(last.queue) + " of process " +
                        std::to_string(target_.pid) +
                        " stays preempted and in the ledger: " + resumed.error().message()});
            parts_.ledger.leave(last.line);
            preempted_.pop_back();
        }
    }
}

Result<kfd::Reach> VendorRung::suspend(GpuId /*gpu*/, std::span<std::uint32_t> queues) {
    // The driver goes by the pid, which may have become another process'.
    if (Result<> alive = check_alive(); !alive) {
        return std::unexpected(std::move(alive).error());
    }
    for (std::uint32_t& queue : queues) {
        if (Result<> entered = preempt(queue); !entered) {
            return std::unexpected(std::move(entered).error());
        }
    }
    return kfd::reach_of(queues);
}

Result<kfd::Reach> VendorRung::resume(GpuId /*gpu*/, std::span<std::uint32_t> queues) {
    std::ranges::for_each(queues, [this](std::uint32_t& queue) { give_back(queue); });
    return kfd::reach_of(queues);
}

Result<> VendorRung::preempt(std::uint32_t& queue) {
    // Asked for again, the number has come to mean another queue: its line is there already.
    if (std::ranges::find(preempted_, queue, &Preempted::queue) == preempted_.end()) {
        const Result<EvictionLedger::Line> line =
            parts_.ledger.enter({.undo = Undo::resume_queue, .process = process_, .queue = queue});
        if (!line) {
            return std::unexpected(line.error());
        }
        preempted_.push_back({.queue = queue, .line = *line});
    }
    const Result<> done = parts_.port.preempt(target_.pid, queue);
    if (!done) {
        // It may have been preempted all the same, or half; a failure here keeps the line.
        [[maybe_unused]] const Result<bool> ignored = resume_one(queue);
        queue |= bit_for(done.error());
    }
    return {};
}

void VendorRung::give_back(std::uint32_t& queue) {
    if (std::ranges::find(preempted_, queue, &Preempted::queue) == preempted_.end()) {
        queue |= kfd::queue_invalid_bit;
        return;
    }
    const Result<bool> resumed = resume_one(queue);
    if (!resumed) {
        queue |= kfd::queue_error_bit;
    } else if (!*resumed) {
        queue |= kfd::queue_invalid_bit;
    }
}

// Afterwards the queue runs or is gone, and nothing of it is in the ledger.
Result<bool> VendorRung::resume_one(std::uint32_t queue) {
    const auto preempted = std::ranges::find(preempted_, queue, &Preempted::queue);
    const Result<> resumed = parts_.port.resume(target_.pid, queue);
    if (!resumed && !means_no_such_queue(resumed.error().code) && check_alive()) {
        return std::unexpected(resumed.error());
    }
    parts_.ledger.strike(preempted->line);
    preempted_.erase(preempted);
    return resumed.has_value();
}

Result<> VendorRung::check_alive() const {
    return ports_.processes.check(target_.pidfd, static_cast<pid_t>(target_.pid));
}

}  // namespace penstock::gate
