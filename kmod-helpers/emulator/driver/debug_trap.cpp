// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/debug_trap.h"

#include <cerrno>

#include "kmod-helpers/emulator/driver/debug_queues.h"
#include "kmod-helpers/emulator/driver/debug_session.h"
#include "kmod-helpers/emulator/driver/hardware_wait.h"

namespace penstock::emulator {

namespace {

using kfd::DebugOp;

// Only a tracer's ENABLE makes an owner of a process that never opened the driver's file.
Owner* find_target(Request& request, const TaskStatus& task, DebugOp op) {
    OwnerTable& owners = request.machine.owners;
    const bool adopts = op == DebugOp::enable && task.tracer_tid == request.caller_tid;
    return adopts ? owners.find_or_add(task.tgid) : owners.find(task.tgid);
}

bool permitted(const Request& request, const Owner& target, const TaskStatus& task, DebugOp op) {
    if (&target == &request.caller || task.tracer_tid == request.caller_tid) {
        return true;
    }
    switch (request.machine.permission) {
        case PermissionRule::traced:
            return op == DebugOp::disable;
        case PermissionRule::debugger:
            return target.debug && target.debug->debugger == request.caller.incarnation;
    }
    return false;
}

bool needs_runtime(DebugOp op) {
    return (op >= DebugOp::set_wave_launch_override && op <= DebugOp::set_flags);
}

Verdict answer_runtime(Owner& target, const kfd::DebugSendRuntimeEvent& argument) {
    std::uint64_t exceptions = argument.exception_mask;
    if ((exceptions & kfd::exception_process_runtime) != 0) {
        ++target.runtime_answers;
        exceptions &= ~kfd::exception_process_runtime;
    }
    // Anything else goes to a queue's own error handler.
    return exceptions == 0 || target.queues.contains(argument.queue_id) ? 0 : -EINVAL;
}

Verdict subscribe(Owner& target, std::uint64_t exceptions) {
    std::uint64_t raised = target.exceptions;
    for (const auto& [number, queue] : target.queues) {
        raised |= queue.exceptions;
    }
    for (const auto& [gpu_id, of_device] : target.device_exceptions) {
        raised |= of_device;
    }
    target.debug->subscribed = exceptions;
    if ((raised & exceptions) != 0) {
        target.debug->pipe->notify();
    }
    return 0;
}

Verdict disable(Request& request, Owner& target) {
    const TimePoint running = end_session(request.machine, target, request.now);
    return at(running, 0, request.now);
}

Verdict act(Request& request, Owner& target, kfd::DebugTrap& argument) {
    switch (static_cast<DebugOp>(argument.op)) {
        case DebugOp::enable:
            return enable_debug(request, target, argument.enable);
        case DebugOp::disable:
            return disable(request, target);
        case DebugOp::send_runtime_event:
            return answer_runtime(target, argument.send_runtime_event);
        case DebugOp::set_exceptions_enabled:
            return subscribe(target, argument.words[0]);
        case DebugOp::suspend_queues:
            return suspend_queues(request, target, argument.suspend_queues);
        case DebugOp::resume_queues:
            return resume_queues(request, target, argument.resume_queues);
        case DebugOp::query_debug_event:
            return query_event(target, argument.query_debug_event);
        case DebugOp::get_queue_snapshot:
            return snapshot_queues(request, target, argument.queue_snapshot);
        // Waves and watch points: there is nothing here that could carry them out.
        case DebugOp::set_wave_launch_override:
        case DebugOp::set_wave_launch_mode:
        case DebugOp::set_node_address_watch:
        case DebugOp::clear_node_address_watch:
        case DebugOp::set_flags:
        case DebugOp::query_exception_info:
        case DebugOp::get_device_snapshot:
            return -EINVAL;
    }
    return -EINVAL;
}

}  // namespace

Verdict debug_trap(Request& request, kfd::DebugTrap& argument) {
    const auto op = static_cast<DebugOp>(argument.op);
    const std::optional<TaskStatus> task = request.machine.ports.tasks.status(argument.pid);
    Owner* const target = task ? find_target(request, *task, op) : nullptr;
    if (target == nullptr) {
        return -ESRCH;
    }
    if (!permitted(request, *target, *task, op)) {
        return -EPERM;
    }
    if (op != DebugOp::enable && !target->debug) {
        return -EINVAL;
    }
    if (needs_runtime(op) && !target->runtime_enabled()) {
        return -EPERM;
    }
    return act(request, *target, argument);
}

}  // namespace penstock::emulator
