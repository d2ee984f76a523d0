// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/debug_session.h"

#include <algorithm>
#include <cerrno>

#include "kmod-helpers/emulator/driver/debug_activation.h"
#include "kmod-helpers/emulator/driver/debug_events.h"
#include "kmod-helpers/emulator/driver/holds.h"
#include "kmod-helpers/emulator/generation.h"

namespace penstock::emulator {

namespace {

bool all_debuggable(const Devices& devices) {
    return std::ranges::all_of(devices.descriptions(), [](const PresetDevice& device) {
        return Generation{device.gfx_target_version}.is_debuggable();
    });
}

}  // namespace

Verdict enable_debug(Request& request, Owner& target, kfd::DebugEnable& argument) {
    Machine& machine = request.machine;
    // Who asks in vain has become the debugger all the same.
    if (&target != &request.caller) {
        target.debugger = request.caller.incarnation;
    }
    if (target.debug) {
        return -EALREADY;
    }
    if (!all_debuggable(machine.devices)) {
        return -ENODEV;
    }
    std::unique_ptr<EventPipe> pipe =
        machine.ports.files.take(request.caller.tgid, argument.dbg_fd);
    if (!pipe) {
        return -EBADF;
    }
    if (target.runtime_enabled()) {
        activate_debug(machine, target, request.now);
    }
    const std::size_t room = std::min<std::size_t>(argument.rinfo_size, sizeof(target.runtime));
    if (room > 0 &&
        !machine.ports.memory.write(request.caller.tgid,
                                    argument.rinfo_ptr,
                                    std::as_bytes(std::span(&target.runtime, 1)).first(room))) {
        deactivate_debug(machine, target, request.now);
        argument.rinfo_size = sizeof(target.runtime);
        return -EFAULT;
    }
    argument.rinfo_size = sizeof(target.runtime);
    target.debug = {.subscribed = argument.exception_mask, .pipe = std::move(pipe)};
    return 0;
}

TimePoint resume_everything(Machine& machine, Owner& target, TimePoint now) {
    return release(machine, target, all_numbers(target), Hold::debugger, now);
}

TimePoint end_session(Machine& machine, Owner& target, TimePoint now) {
    deactivate_debug(machine, target, now);
    if (target.runtime.runtime_state != static_cast<std::uint32_t>(kfd::RuntimeState::disabled)) {
        // A failed activation is forgotten: the next debugger may try again.
        target.runtime.runtime_state = static_cast<std::uint32_t>(kfd::RuntimeState::enabled);
    }
    target.debug.reset();
    target.debugger = 0;
    clear_exceptions(target);
    return resume_everything(machine, target, now);
}

}  // namespace penstock::emulator
