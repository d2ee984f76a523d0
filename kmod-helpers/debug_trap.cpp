// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/debug_trap.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <thread>

namespace penstock::kfd {
namespace {

constexpr std::uint64_t wanted_events =
    exception_process_runtime | exception_queue_new | exception_device_queue_delete;
constexpr std::uint32_t first_snapshot_room = 64;
// What we read of an entry ends before the fields that only debuggers need.
constexpr std::uint32_t shortest_entry = offsetof(QueueSnapshotEntry, ctx_save_restore_area_size);

// The driver wants addresses as integers.
template <typename T>
std::uint64_t address_of(T* object) {
    return std::bit_cast<std::uintptr_t>(object);
}

}  // namespace

Result<int> DriverDebugPort::call(DebugTrap& argument, std::string_view doing) {
    return device_.call(Nr::debug_trap, argument, doing);
}

Result<RuntimeState> DriverDebugPort::enable(std::uint32_t pid, int event_pipe) {
    RuntimeInfo runtime;
    DebugTrap argument{.pid = pid, .op = static_cast<std::uint32_t>(DebugOp::enable), .words = {}};
    argument.enable = {.exception_mask = wanted_events,
                       .rinfo_ptr = address_of(&runtime),
                       .rinfo_size = sizeof(runtime),
                       .dbg_fd = static_cast<std::uint32_t>(event_pipe)};
    if (const Result<int> done = call(argument, "enable debugging of its queues"); !done) {
        return std::unexpected(done.error());
    }
    // The call succeeds even when no device could be set up: only the state tells.
    if (runtime.runtime_state > static_cast<std::uint32_t>(RuntimeState::enabled_error)) {
        return RuntimeState::enabled_error;
    }
    return static_cast<RuntimeState>(runtime.runtime_state);
}

Result<> DriverDebugPort::disable(std::uint32_t pid) {
    DebugTrap argument{.pid = pid, .op = static_cast<std::uint32_t>(DebugOp::disable), .words = {}};
    if (const Result<int> done = call(argument, "disable debugging of its queues"); !done) {
        return std::unexpected(done.error());
    }
    return {};
}

Result<> DriverDebugPort::answer_runtime(std::uint32_t pid) {
    DebugTrap argument{
        .pid = pid, .op = static_cast<std::uint32_t>(DebugOp::send_runtime_event), .words = {}};
    argument.send_runtime_event.exception_mask = exception_process_runtime;
    if (const Result<int> done = call(argument, "answer its runtime"); !done) {
        return std::unexpected(done.error());
    }
    return {};
}

Result<Reach> DriverDebugPort::suspend(std::uint32_t pid, std::span<std::uint32_t> queues) {
    DebugTrap argument{
        .pid = pid, .op = static_cast<std::uint32_t>(DebugOp::suspend_queues), .words = {}};
    // A grace period of 0 asks for the shortest one: waves are saved at once.
    argument.suspend_queues.queue_array_ptr = address_of(queues.data());
    argument.suspend_queues.num_queues = static_cast<std::uint32_t>(queues.size());
    if (const Result<int> done = call(argument, "suspend its queues"); !done) {
        return std::unexpected(done.error());
    }
    return reach_of(queues);
}

Result<Reach> DriverDebugPort::resume(std::uint32_t pid, std::span<std::uint32_t> queues) {
    DebugTrap argument{
        .pid = pid, .op = static_cast<std::uint32_t>(DebugOp::resume_queues), .words = {}};
    argument.resume_queues.queue_array_ptr = address_of(queues.data());
    argument.resume_queues.num_queues = static_cast<std::uint32_t>(queues.size());
    if (const Result<int> done = call(argument, "resume its queues"); !done) {
        return std::unexpected(done.error());
    }
    return reach_of(queues);
}

Result<std::optional<DebugEvent>> DriverDebugPort::next_event(std::uint32_t pid) {
    DebugTrap argument{
        .pid = pid, .op = static_cast<std::uint32_t>(DebugOp::query_debug_event), .words = {}};
    argument.query_debug_event.exception_mask = wanted_events;
    if (const Result<int> done = call(argument, "ask for its debug events"); !done) {
        if (done.error().code == EAGAIN) {
            return std::nullopt;
        }
        return std::unexpected(done.error());
    }
    return DebugEvent{.exceptions = argument.query_debug_event.exception_mask,
                      .gpu = argument.query_debug_event.gpu_id,
                      .queue = argument.query_debug_event.queue_id};
}

bool DriverDebugPort::obeys_untraced(std::uint32_t pid) {
    if (!obeys_untraced_) {
        // A snapshot without room changes nothing, and needs no runtime that has been enabled.
        DebugTrap argument{
            .pid = pid, .op = static_cast<std::uint32_t>(DebugOp::get_queue_snapshot), .words = {}};
        argument.queue_snapshot.entry_size = sizeof(QueueSnapshotEntry);
        bool obeyed = false;
        // The tracer is a thread: any other one of ours does not trace the target.
        std::thread([&] { obeyed = call(argument, "list its queues").has_value(); }).join();
        obeys_untraced_ = obeyed;
    }
    return *obeys_untraced_;
}

Result<std::vector<QueueSnapshotEntry>> DriverDebugPort::snapshot(std::uint32_t pid) {
    std::vector<QueueSnapshotEntry> entries(first_snapshot_room);
    for (;;) {
        DebugTrap argument{
            .pid = pid, .op = static_cast<std::uint32_t>(DebugOp::get_queue_snapshot), .words = {}};
        argument.queue_snapshot = {.exception_mask = exception_queue_new,
                                   .snapshot_buf_ptr = address_of(entries.data()),
                                   .num_queues = static_cast<std::uint32_t>(entries.size()),
                                   .entry_size = sizeof(QueueSnapshotEntry)};
        if (const Result<int> done = call(argument, "list its queues"); !done) {
            return std::unexpected(done.error());
        }
        const std::uint32_t found = argument.queue_snapshot.num_queues;
        if (found > 0 && argument.queue_snapshot.entry_size < shortest_entry) {
            return fail("list its queues: the driver's entries are too short");
        }
        if (found <= entries.size() || entries.size() >= max_queues_per_process) {
            entries.resize(std::min<std::size_t>(found, entries.size()));
            return entries;
        }
        entries.resize(max_queues_per_process);  // The count can grow until the next call.
    }
}

Reach reach_of(std::span<const std::uint32_t> queues) {
    Reach reach;
    for (const std::uint32_t queue : queues) {
        if ((queue & queue_error_bit) != 0) {
            ++reach.failed;
        } else if ((queue & queue_invalid_bit) != 0) {
            ++reach.unknown;
        } else {
            ++reach.reached;
        }
    }
    return reach;
}

}  // namespace penstock::kfd
