// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/attachment.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace penstock::gate {
namespace {

// More than one round of events of a thousand queues; a driver that reports for ever is left alone
// until the next wake-up.
constexpr int most_events_at_once = 2048;

}  // namespace

Result<std::unique_ptr<Attachment>> Attachment::make(const Ports& ports, Target target) {
    if (ports.debug == nullptr) {
        return fail("there is no usable device");
    }
    const auto pid = static_cast<pid_t>(target.pid);
    if (Result<> alive = ports.processes.check(target.pidfd, pid); !alive) {
        return std::unexpected(std::move(alive).error());
    }
    if (Result<> seized = ports.tracer.seize(pid); !seized) {
        return std::unexpected(std::move(seized).error());
    }
    std::unique_ptr<Attachment> attachment(new Attachment(ports, target.pid));
    // Again: between the first check and the seizure the pid may have got another process.
    if (Result<> alive = ports.processes.check(target.pidfd, pid); !alive) {
        return std::unexpected(std::move(alive).error());
    }
    if (Result<> enabled = attachment->enable(); !enabled) {
        return std::unexpected(std::move(enabled).error());
    }
    return attachment;
}

Result<> Attachment::enable() {
    std::array<int, 2> ends{};
    // The driver writes without waiting, and refuses descriptors that take no single byte
    // (eventfd).
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        return fail(errno, "make a pipe for debug events");
    }
    read_end_ = Fd(ends[0]);
    write_end_ = Fd(ends[1]);
    const Result<kfd::RuntimeState> state = debug_.enable(pid_, write_end_.get());
    if (!state) {
        if (state.error().code == EALREADY) {
            return fail("another debugger holds its queues");
        }
        return std::unexpected(state.error());
    }
    enabled_ = true;
    runtime_ = *state;
    return {};
}

Attachment::~Attachment() {
    if (enabled_) {
        // A target that waits for an answer would wait for ever once nobody debugs it.
        take_events();
        // A failure means that the target is dead, and nothing of it left to resume.
        [[maybe_unused]] const Result<> ignored = debug_.disable(pid_);
    }
    tracer_.release(static_cast<pid_t>(pid_));
}

bool Attachment::take_events() {
    std::array<char, 256> bytes{};
    while (::read(read_end_.get(), bytes.data(), bytes.size()) > 0) {
    }
    bool queues_changed = false;
    for (int i = 0; i < most_events_at_once; ++i) {
        const Result<std::optional<kfd::DebugEvent>> event = debug_.next_event(pid_);
        if (!event || !*event) {
            break;
        }
        if (((*event)->exceptions & kfd::exception_process_runtime) != 0) {
            // A failure means that it no longer waits.
            [[maybe_unused]] const Result<> ignored = debug_.answer_runtime(pid_);
        }
        constexpr std::uint64_t of_queues =
            kfd::exception_queue_new | kfd::exception_device_queue_delete;
        queues_changed = queues_changed || ((*event)->exceptions & of_queues) != 0;
    }
    return queues_changed;
}

Result<kfd::Reach> Attachment::suspend(std::span<std::uint32_t> queues) {
    return debug_.suspend(pid_, queues);
}

Result<kfd::Reach> Attachment::resume(std::span<std::uint32_t> queues) {
    return debug_.resume(pid_, queues);
}

Result<std::vector<kfd::QueueSnapshotEntry>> Attachment::snapshot() {
    return debug_.snapshot(pid_);
}

std::string_view trouble_with(kfd::RuntimeState state) {
    switch (state) {
        case kfd::RuntimeState::enabled:
            return "";
        case kfd::RuntimeState::disabled:
            return "the program has not enabled the runtime debug interface (RUNTIME_ENABLE); "
                   "ROCr >= 5.7 does";
        case kfd::RuntimeState::enabled_busy:
            return "another debugged process holds the device's only debug slot";
        case kfd::RuntimeState::enabled_error:
            return "the driver could not set the program's devices up for debugging";
    }
    return "the driver reports an unknown state";
}

}  // namespace penstock::gate
