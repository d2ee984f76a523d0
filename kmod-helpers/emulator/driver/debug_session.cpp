// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/debug_session.h"

#include <algorithm>
#include <cerrno>

#include "kmod-helpers/emulator/driver/debug_events.h"

namespace penstock::emulator {

Verdict enable_debug(Request& request, Owner& target, kfd::DebugEnable& argument) {
    if (target.debug) {
        return -EALREADY;
    }
    Machine& machine = request.machine;
    std::unique_ptr<EventPipe> pipe =
        machine.ports.files.take(request.caller.tgid, argument.dbg_fd);
    if (!pipe) {
        return -EBADF;
    }
    const std::size_t room = std::min<std::size_t>(argument.rinfo_size, sizeof(target.runtime));
    if (room > 0 &&
        !machine.ports.memory.write(request.caller.tgid,
                                    argument.rinfo_ptr,
                                    std::as_bytes(std::span(&target.runtime, 1)).first(room))) {
        return -EFAULT;
    }
    argument.rinfo_size = sizeof(target.runtime);
    target.debug = {.debugger = request.caller.incarnation,
                    .subscribed = argument.exception_mask,
                    .pipe = std::move(pipe)};
    return 0;
}

TimePoint resume_everything(Machine& machine, Owner& target, TimePoint now) {
    std::vector<QueueAddress> resumed;
    for (auto& [number, queue] : target.queues) {
        if (queue.suspended) {
            queue.suspended = false;
            resumed.push_back({queue.setup.gpu_id, {target.tgid, number}});
        }
    }
    return resumed.empty() ? now : machine.devices.resume(resumed, now);
}

TimePoint end_session(Machine& machine, Owner& target, TimePoint now) {
    target.debug.reset();
    clear_exceptions(target);
    return resume_everything(machine, target, now);
}

}  // namespace penstock::emulator
