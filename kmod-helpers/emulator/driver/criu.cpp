// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/criu.h"

#include <linux/capability.h>

#include <cerrno>

#include "kmod-helpers/emulator/driver/hardware_wait.h"
#include "kmod-helpers/emulator/driver/holds.h"

namespace penstock::emulator {

namespace {

bool privileged(const Request& request) {
    Tasks& tasks = request.machine.ports.tasks;
    return tasks.has_capability(request.caller_tid, CAP_CHECKPOINT_RESTORE) ||
           tasks.has_capability(request.caller_tid, CAP_SYS_ADMIN);
}

// A checkpoint's memory is described by what it holds; nothing is ever allocated here, so that only
// the fixed parts count.
std::uint64_t checkpoint_bytes(std::uint32_t devices, std::uint32_t objects) {
    constexpr std::uint64_t process_bytes = 8;
    constexpr std::uint64_t device_bytes = 8;
    constexpr std::uint64_t object_bytes = 64;
    return process_bytes + (devices * device_bytes) + (objects * object_bytes);
}

void describe(const Machine& machine, const Owner& owner, kfd::Criu& argument) {
    argument.pid = owner.tgid;
    argument.num_devices = static_cast<std::uint32_t>(machine.devices.descriptions().size());
    argument.num_bos = 0;
    argument.num_objects = static_cast<std::uint32_t>(owner.queues.size() + owner.events.size());
    argument.priv_data_size = checkpoint_bytes(argument.num_devices, argument.num_objects);
}

Verdict evict(Request& request, kfd::Criu& argument) {
    Machine& machine = request.machine;
    Owner& owner = request.caller;
    if (machine.devices.descriptions().empty()) {
        return -ENODEV;
    }
    TimePoint saved = request.now;
    if (!owner.paused || !machine.settings.kernel.evicts_once) {
        if (const auto error = machine.faults.take(Fault::evict_error)) {
            return -static_cast<int>(*error);
        }
        owner.paused = true;
        if (owner.evictions++ == 0) {
            owner.evicted_since = request.now;
            saved = hold(machine, owner, all_numbers(owner), Hold::eviction, request.now);
        }
    }
    describe(machine, owner, argument);
    return at(saved, 0, request.now);
}

Verdict restore(Request& request) {
    Machine& machine = request.machine;
    Owner& owner = request.caller;
    if (!owner.paused) {
        return -EINVAL;
    }
    if (const auto error = machine.faults.take(Fault::resume_error)) {
        return -static_cast<int>(*error);
    }
    owner.paused = false;
    if (--owner.evictions > 0) {
        return 0;  // A kernel that evicted twice: nothing brings these queues back.
    }
    owner.evicted += request.now - owner.evicted_since;
    const TimePoint running =
        release(machine, owner, all_numbers(owner), Hold::eviction, request.now);
    return at(running, 0, request.now);
}

// There is no memory to write down here, so that no checkpoint is ever complete.
int refuse_checkpoint(const Request& request, const kfd::Criu& argument) {
    const bool has_room = argument.devices != 0 && argument.bos != 0 && argument.priv_data != 0;
    const bool has_device = !request.machine.devices.descriptions().empty();
    return has_room && !has_device ? -ENODEV : -EINVAL;
}

// Starts to map a restored process' memory again, of which there is none.
int resume_memory(const Request& request, std::uint32_t pid) {
    const std::optional<TaskStatus> task = request.machine.ports.tasks.status(pid);
    return task && request.machine.owners.find(task->tgid) != nullptr ? 0 : -ESRCH;
}

}  // namespace

Verdict criu(Request& request, kfd::Criu& argument) {
    if (!privileged(request)) {
        return -EACCES;
    }
    switch (static_cast<kfd::CriuOp>(argument.op)) {
        case kfd::CriuOp::process_info:
            return evict(request, argument);
        case kfd::CriuOp::unpause:
            return restore(request);
        case kfd::CriuOp::checkpoint:
            return refuse_checkpoint(request, argument);
        case kfd::CriuOp::restore:
            return -EINVAL;
        case kfd::CriuOp::resume:
            return resume_memory(request, argument.pid);
    }
    return -EINVAL;
}

}  // namespace penstock::emulator
