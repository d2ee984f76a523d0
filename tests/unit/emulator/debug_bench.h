// SPDX-License-Identifier: Apache-2.0
//
// A driver bench with a process and its debugger, and DBG_TRAP's operations as plain calls.

#pragma once

#include "tests/unit/emulator/fake_machine.h"

namespace penstock::emulator {

inline constexpr std::uint32_t target = 100;
inline constexpr std::uint32_t debugger = 500;

class DebugBench : public DriverBench {
  public:
    using DriverBench::DriverBench;

    static kfd::DebugTrap operation(kfd::DebugOp op) {
        return {.pid = target, .op = static_cast<std::uint32_t>(op), .words = {}};
    }

    int trap(kfd::DebugTrap& argument, std::uint32_t caller = debugger) {
        return call(caller, kfd::Nr::debug_trap, argument);
    }

    int trap(kfd::DebugOp op, std::uint32_t caller = debugger) {
        kfd::DebugTrap argument = operation(op);
        return trap(argument, caller);
    }

    int enable(std::uint64_t subscribed = ~0ULL, std::uint32_t caller = debugger) {
        kfd::DebugTrap argument = operation(kfd::DebugOp::enable);
        argument.enable = {.exception_mask = subscribed,
                           .rinfo_ptr = memory.add(runtime),
                           .rinfo_size = sizeof(runtime),
                           .dbg_fd = FakeFiles::pipe_number};
        return trap(argument, caller);
    }

    void trace() { tasks.alive[target].tracer_tid = debugger; }

    void attach() {
        trace();
        enable();
    }

    void enable_runtime() {
        kfd::RuntimeEnable argument{.mode_mask = kfd::runtime_enable_mode_enable};
        call(target, kfd::Nr::runtime_enable, argument);
    }

    int send_runtime_event() {
        kfd::DebugTrap argument = operation(kfd::DebugOp::send_runtime_event);
        argument.send_runtime_event.exception_mask = kfd::exception_process_runtime;
        return trap(argument);
    }

    // Leaves what came back in `ids`.
    kfd::DebugTrap suspension(std::vector<std::uint32_t> numbers) {
        std::ranges::copy(numbers, ids.begin());
        kfd::DebugTrap argument = operation(kfd::DebugOp::suspend_queues);
        argument.suspend_queues.queue_array_ptr = memory.add(ids);
        argument.suspend_queues.num_queues = static_cast<std::uint32_t>(numbers.size());
        return argument;
    }

    int suspend(std::vector<std::uint32_t> numbers) {
        kfd::DebugTrap argument = suspension(std::move(numbers));
        return trap(argument);
    }

    int resume(std::vector<std::uint32_t> numbers) {
        std::ranges::copy(numbers, ids.begin());
        kfd::DebugTrap argument = operation(kfd::DebugOp::resume_queues);
        argument.resume_queues = {.queue_array_ptr = memory.add(ids),
                                  .num_queues = static_cast<std::uint32_t>(numbers.size())};
        return trap(argument);
    }

    struct Queried {
        int result = 0;
        std::uint64_t exceptions = 0;
        std::uint32_t gpu_id = 0;
        std::uint32_t queue_id = 0;
    };

    Queried query(std::uint64_t clear) {
        kfd::DebugTrap argument = operation(kfd::DebugOp::query_debug_event);
        argument.query_debug_event.exception_mask = clear;
        const int result = trap(argument);
        return {result,
                argument.query_debug_event.exception_mask,
                argument.query_debug_event.gpu_id,
                argument.query_debug_event.queue_id};
    }

    struct Snapshot {
        int result = 0;
        std::uint32_t found = 0;
        std::uint32_t entry_size = 0;
    };

    // Leaves the entries in `entries`.
    Snapshot snapshot(std::uint64_t clear, std::uint32_t room = 4) {
        kfd::DebugTrap argument = operation(kfd::DebugOp::get_queue_snapshot);
        argument.queue_snapshot = {.exception_mask = clear,
                                   .snapshot_buf_ptr = memory.add(entries),
                                   .num_queues = room,
                                   .entry_size = sizeof(entries[0])};
        const int result = trap(argument);
        return {result, argument.queue_snapshot.num_queues, argument.queue_snapshot.entry_size};
    }

    kfd::RuntimeInfo runtime{};
    std::array<std::uint32_t, 8> ids{};
    std::array<kfd::QueueSnapshotEntry, 4> entries{};
};

}  // namespace penstock::emulator
