// SPDX-License-Identifier: Apache-2.0

#include "tests/kernel/contract/debugger.h"

#include <fmt/format.h>
#include <sys/wait.h>

namespace penstock::contract {

namespace {

using kfd::DebugOp;

std::string suspended_ids(Stage& stage, std::uint32_t count) {
    std::string text;
    for (std::uint32_t at = 0; at < count && at < 4; ++at) {
        text += fmt::format(" id={:x}", stage.page().ids.at(at));
    }
    return text;
}

}  // namespace

kfd::DebugTrap fine_argument(Stage& stage, pid_t pid, DebugOp op) {
    kfd::DebugTrap argument{
        .pid = static_cast<std::uint32_t>(pid), .op = static_cast<std::uint32_t>(op), .words = {}};
    switch (op) {
        case DebugOp::enable:
            argument.enable = {.exception_mask = all_exceptions,
                               .rinfo_ptr = address_of(stage.page().runtime),
                               .rinfo_size = sizeof(kfd::RuntimeInfo),
                               .dbg_fd = stage.event_pipe()};
            break;
        case DebugOp::send_runtime_event:
            argument.send_runtime_event = {.exception_mask = kfd::exception_process_runtime};
            break;
        case DebugOp::suspend_queues:
            stage.page().ids[0] = unknown_queue;
            argument.suspend_queues = {.queue_array_ptr = address_of(stage.page().ids),
                                       .num_queues = 1};
            break;
        case DebugOp::resume_queues:
            stage.page().ids[0] = unknown_queue;
            argument.resume_queues = {.queue_array_ptr = address_of(stage.page().ids),
                                      .num_queues = 1};
            break;
        case DebugOp::get_queue_snapshot:
        case DebugOp::get_device_snapshot:
            argument.queue_snapshot = {.snapshot_buf_ptr = address_of(stage.page().entries),
                                       .num_queues = 4,
                                       .entry_size = sizeof(kfd::QueueSnapshotEntry)};
            break;
        case DebugOp::query_exception_info:
            // {info, its size, source, code, clear}: the runtime's own exception, 48.
            argument.words[0] = address_of(stage.page().runtime);
            argument.words[1] = sizeof(kfd::RuntimeInfo);
            argument.words[2] = 48;
            break;
        case DebugOp::set_node_address_watch:
            argument.words[2] = unknown_gpu_id;
            break;
        case DebugOp::clear_node_address_watch:
            argument.words[0] = unknown_gpu_id;
            break;
        case DebugOp::disable:
        case DebugOp::set_exceptions_enabled:
        case DebugOp::set_wave_launch_override:
        case DebugOp::set_wave_launch_mode:
        case DebugOp::set_flags:
        case DebugOp::query_debug_event:
            break;
    }
    return argument;
}

std::string outputs(Stage& stage, const kfd::DebugTrap& argument) {
    switch (static_cast<DebugOp>(argument.op)) {
        case DebugOp::enable:
            return fmt::format(" size={} state={} ttmp={}",
                               argument.enable.rinfo_size,
                               stage.page().runtime.runtime_state,
                               stage.page().runtime.ttmp_setup);
        case DebugOp::suspend_queues:
            return suspended_ids(stage, argument.suspend_queues.num_queues);
        case DebugOp::resume_queues:
            return suspended_ids(stage, argument.resume_queues.num_queues);
        case DebugOp::query_debug_event:
            return fmt::format(" mask={:x} gpu={} queue={}",
                               argument.query_debug_event.exception_mask,
                               argument.query_debug_event.gpu_id,
                               argument.query_debug_event.queue_id);
        case DebugOp::get_queue_snapshot:
        case DebugOp::get_device_snapshot:
            return fmt::format(" count={} entry={}",
                               argument.queue_snapshot.num_queues,
                               argument.queue_snapshot.entry_size);
        case DebugOp::query_exception_info:
            return fmt::format(" size={}", argument.words[1] & 0xffffffff);
        case DebugOp::set_wave_launch_override:
        case DebugOp::set_flags:
            return fmt::format(" {:x} {:x}", argument.words[0], argument.words[1]);
        case DebugOp::disable:
        case DebugOp::send_runtime_event:
        case DebugOp::set_exceptions_enabled:
        case DebugOp::set_wave_launch_mode:
        case DebugOp::set_node_address_watch:
        case DebugOp::clear_node_address_watch:
            return "";
    }
    return "";
}

std::string perform(Stage& stage, kfd::DebugTrap argument) {
    const int result = stage.call(kfd::Nr::debug_trap, argument);
    return said(result) + outputs(stage, argument);
}

std::string perform(Stage& stage, pid_t pid, DebugOp op) {
    return perform(stage, fine_argument(stage, pid, op));
}

std::string enable(Stage& stage, std::uint64_t exceptions) {
    kfd::DebugTrap argument = fine_argument(stage, stage.target().pid(), DebugOp::enable);
    argument.enable.exception_mask = exceptions;
    return perform(stage, argument);
}

std::string disable(Stage& stage) {
    return perform(stage, stage.target().pid(), DebugOp::disable);
}

std::string query(Stage& stage, std::uint64_t clear) {
    kfd::DebugTrap argument =
        fine_argument(stage, stage.target().pid(), DebugOp::query_debug_event);
    argument.query_debug_event.exception_mask = clear;
    return perform(stage, argument);
}

std::string send_runtime_event(Stage& stage, std::uint64_t exceptions) {
    kfd::DebugTrap argument =
        fine_argument(stage, stage.target().pid(), DebugOp::send_runtime_event);
    argument.send_runtime_event.exception_mask = exceptions;
    return perform(stage, argument);
}

void seize_opened(Stage& stage) {
    stage.target().open();
    ::ptrace(PTRACE_SEIZE, stage.target().pid(), 0, 0);
}

void enable_traced(Stage& stage) {
    seize_opened(stage);
    enable(stage);
}

void stop_tracing(Stage& stage) {
    const pid_t target = stage.target().pid();
    ::ptrace(PTRACE_INTERRUPT, target, 0, 0);
    ::waitpid(target, nullptr, 0);
    ::ptrace(PTRACE_DETACH, target, 0, 0);
}

std::string start_runtime(Stage& stage, std::uint32_t mode) {
    stage.target().begin(kfd::Nr::runtime_enable,
                         kfd::RuntimeEnable{.r_debug = 0x1000, .mode_mask = mode});
    return said(stage.target().result());
}

}  // namespace penstock::contract
