// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/vendor_ioctls.h"

#include <linux/capability.h>

#include <cerrno>
#include <expected>

#include "kmod-helpers/emulator/driver/hardware_wait.h"
#include "kmod-helpers/emulator/driver/holds.h"

namespace penstock::emulator {

namespace {

std::expected<Owner*, int> owner_of_queue(const Request& request,
                                          const VendorPreemption& argument) {
    Tasks& tasks = request.machine.ports.tasks;
    if (!tasks.has_capability(request.caller_tid, CAP_SYS_ADMIN)) {
        return std::unexpected(-EPERM);
    }
    const std::optional<TaskStatus> task = tasks.status(argument.pid);
    Owner* const owner = task ? request.machine.owners.find(task->tgid) : nullptr;
    if (owner == nullptr) {
        return std::unexpected(-ESRCH);
    }
    if (!owner->queues.contains(argument.queue_id)) {
        return std::unexpected(-EINVAL);
    }
    return owner;
}

}  // namespace

Verdict vendor_preempt(Request& request, VendorPreemption& argument) {
    const std::expected<Owner*, int> owner = owner_of_queue(request, argument);
    if (!owner) {
        return owner.error();
    }
    if (argument.preempt_type != preempt_type_save) {
        return -EINVAL;
    }
    if ((*owner)->queues.at(argument.queue_id).lost) {
        return -EIO;
    }
    if (const auto error = request.machine.faults.take(Fault::suspend_error)) {
        return -static_cast<int>(*error);
    }
    const TimePoint saved =
        hold(request.machine, **owner, {argument.queue_id}, Hold::vendor, request.now);
    return at(saved, 0, request.now);
}

Verdict vendor_resume(Request& request, VendorPreemption& argument) {
    const std::expected<Owner*, int> owner = owner_of_queue(request, argument);
    if (!owner) {
        return owner.error();
    }
    if (const auto error = request.machine.faults.take(Fault::resume_error)) {
        return -static_cast<int>(*error);
    }
    const TimePoint running =
        release(request.machine, **owner, {argument.queue_id}, Hold::vendor, request.now);
    return at(running, 0, request.now);
}

}  // namespace penstock::emulator
