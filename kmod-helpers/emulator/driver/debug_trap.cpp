// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/debug_trap.h"

#include <cerrno>
#include <cstring>

#include "kmod-helpers/emulator/driver/debug_exceptions.h"
#include "kmod-helpers/emulator/driver/debug_queues.h"
#include "kmod-helpers/emulator/driver/debug_session.h"
#include "kmod-helpers/emulator/driver/debug_waves.h"
#include "kmod-helpers/emulator/driver/hardware_wait.h"
#include "kmod-helpers/emulator/driver/queue_suspension.h"

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
    switch (request.machine.settings.kernel.permission) {
        case PermissionRule::traced:
            return op == DebugOp::disable;
        case PermissionRule::debugger:
            return target.debugger == request.caller.incarnation;
    }
    return false;
}

// Where the rule lets a debugger go on without tracing, nothing has to be asked of the system,
// which would cost several times what the call does.
Owner* debugged_by_caller(Request& request, std::uint32_t pid) {
    const auto& machine = request.machine;
    Owner* const owner = machine.settings.kernel.permission == PermissionRule::debugger
                             ? machine.owners.find(pid)
                             : nullptr;
    const bool ours =
        owner != nullptr && owner->debug && owner->debugger == request.caller.incarnation;
    return ours ? owner : nullptr;
}

bool needs_runtime(DebugOp op) {
    return (op >= DebugOp::set_wave_launch_override && op <= DebugOp::set_flags);
}

// Everything but these two goes to a queue's own error handler; whether there is one, or the queue,
// the driver does not say.
Verdict answer_runtime(const Machine& machine,
                       Owner& target,
                       const kfd::DebugSendRuntimeEvent& argument) {
    if ((argument.exception_mask & kfd::exception_device_memory_violation) != 0 &&
        !machine.devices.has(argument.gpu_id)) {
        return -ENODEV;
    }
    if ((argument.exception_mask & kfd::exception_process_runtime) != 0) {
        ++target.runtime_answers;
    }
    return 0;
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

// For the arguments that no client of ours makes.
template <typename Argument, Verdict (*function)(Request&, Owner&, Argument&)>
Verdict typed(Request& request, Owner& target, kfd::DebugTrap& argument) {
    static_assert(sizeof(Argument) == sizeof(argument.words));
    Argument copy;
    std::memcpy(&copy, argument.words, sizeof(copy));
    Verdict verdict = function(request, target, copy);
    std::memcpy(argument.words, &copy, sizeof(copy));
    return verdict;
}

Verdict act(Request& request, Owner& target, kfd::DebugTrap& argument) {
    switch (static_cast<DebugOp>(argument.op)) {
        case DebugOp::enable:
            return enable_debug(request, target, argument.enable);
        case DebugOp::disable:
            return disable(request, target);
        case DebugOp::send_runtime_event:
            return answer_runtime(request.machine, target, argument.send_runtime_event);
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
        case DebugOp::query_exception_info:
            return typed<ExceptionQuery, query_exception>(request, target, argument);
        case DebugOp::get_device_snapshot:
            return typed<DeviceSnapshot, snapshot_devices>(request, target, argument);
        case DebugOp::set_wave_launch_override:
            return typed<TrapOverride, override_traps>(request, target, argument);
        case DebugOp::set_wave_launch_mode:
            return typed<LaunchMode, set_launch_mode>(request, target, argument);
        case DebugOp::set_node_address_watch:
            return typed<AddressWatch, watch_address>(request, target, argument);
        case DebugOp::clear_node_address_watch:
            return typed<ClearedAddressWatch, unwatch_address>(request, target, argument);
        case DebugOp::set_flags:
            return typed<DebugFlags, set_debug_flags>(request, target, argument);
    }
    return -EINVAL;
}

}  // namespace

Verdict debug_trap(Request& request, kfd::DebugTrap& argument) {
    if (request.machine.settings.scheduler_policy == SchedulerPolicy::none) {
        return -EINVAL;
    }
    const auto op = static_cast<DebugOp>(argument.op);
    Owner* target = debugged_by_caller(request, argument.pid);
    if (target == nullptr) {
        const std::optional<TaskStatus> task = request.machine.ports.tasks.status(argument.pid);
        target = task ? find_target(request, *task, op) : nullptr;
        if (target == nullptr) {
            return -ESRCH;
        }
        if (!permitted(request, *target, *task, op)) {
            return -EPERM;
        }
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
