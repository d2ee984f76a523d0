// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/debug_rung.h"

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

Result<std::unique_ptr<Rung>> DebugRung::make(const Ports& ports, Climber& climber) {
    if (ports.debug == nullptr) {
        return fail("there is no usable device");
    }
    const Target& target = climber.target;
    const auto pid = static_cast<pid_t>(target.pid);
    if (Result<> alive = ports.processes.check(target.pidfd, pid); !alive) {
        return std::unexpected(std::move(alive).error());
    }
    std::unique_ptr<DebugRung> rung(new DebugRung(ports, target.pid));
    bool obeys_untraced = false;
    const Result<> attached = ports.tracer.seize_briefly(pid, [&]() -> Result<> {
        // Again: between the first check and the seizure the pid may have got another process.
        if (Result<> alive = ports.processes.check(target.pidfd, pid); !alive) {
            return alive;
        }
        Result<> enabled = rung->enable();
        obeys_untraced = enabled && rung->debug_.obeys_untraced(target.pid);
        return enabled;
    });
    if (!attached) {
        return std::unexpected(attached.error());
    }
    if (!obeys_untraced) {
        if (Result<> seized = ports.tracer.seize(pid); !seized) {
            return std::unexpected(std::move(seized).error());
        }
        rung->seized_ = true;
    }
    rung->take_news();
    climber.seen = rung->snapshot().value_or(std::nullopt);
    if (const std::string_view trouble = trouble_with(rung->runtime_); !trouble.empty()) {
        return fail(std::string(trouble));
    }
    return rung;
}

Result<> DebugRung::enable() {
    std::array<int, 2> ends{};
    // The driver writes without waiting, and refuses descriptors that take no single byte
    // (eventfd).
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        return fail(errno, "make a pipe for debug events");
    }
    read_end_ = Fd(ends[0]);
    // The driver keeps the other end for as long as it debugs the target: that it hangs up is news.
    const Fd write_end(ends[1]);
    const Result<kfd::RuntimeState> state = debug_.enable(pid_, write_end.get());
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

DebugRung::~DebugRung() {
    if (enabled_) {
        // A target that waits for an answer would wait for ever once nobody debugs it.
        take_news();
        // A failure means that the target is dead, and nothing of it left to resume.
        [[maybe_unused]] const Result<> ignored = debug_.disable(pid_);
    }
    if (seized_) {
        tracer_.release(static_cast<pid_t>(pid_));
    }
}

Rung::News DebugRung::take_news() {
    std::array<char, 256> bytes{};
    ssize_t length = 0;
    while ((length = ::read(read_end_.get(), bytes.data(), bytes.size())) > 0) {
    }
    News news;
    if (length == 0) {
        news.lost = "the driver no longer debugs the process: it has ended or runs another program";
        return news;
    }
    for (int i = 0; i < most_events_at_once; ++i) {
        const Result<std::optional<kfd::DebugEvent>> next = debug_.next_event(pid_);
        const std::optional<kfd::DebugEvent> event = next ? *next : std::nullopt;
        if (!event) {
            break;
        }
        if ((event->exceptions & kfd::exception_process_runtime) != 0) {
            // A failure means that it no longer waits.
            [[maybe_unused]] const Result<> ignored = debug_.answer_runtime(pid_);
        }
        constexpr std::uint64_t of_queues =
            kfd::exception_queue_new | kfd::exception_device_queue_delete;
        news.queues_changed = news.queues_changed || (event->exceptions & of_queues) != 0;
    }
    return news;
}

Result<kfd::Reach> DebugRung::suspend(GpuId /*gpu*/, std::span<std::uint32_t> queues) {
    return debug_.suspend(pid_, queues);
}

Result<kfd::Reach> DebugRung::resume(GpuId /*gpu*/, std::span<std::uint32_t> queues) {
    return debug_.resume(pid_, queues);
}

Result<std::optional<std::vector<kfd::QueueSnapshotEntry>>> DebugRung::snapshot() {
    auto entries = debug_.snapshot(pid_);
    if (!entries) {
        return std::unexpected(std::move(entries).error());
    }
    return std::optional(std::move(*entries));
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
