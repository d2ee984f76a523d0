// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/runtime_ioctls.h"

#include <cerrno>

#include "kmod-helpers/emulator/driver/debug_activation.h"
#include "kmod-helpers/emulator/driver/debug_events.h"
#include "kmod-helpers/emulator/driver/debug_session.h"

namespace penstock::emulator {

namespace {

constexpr auto state_disabled = static_cast<std::uint32_t>(kfd::RuntimeState::disabled);
constexpr auto state_enabled = static_cast<std::uint32_t>(kfd::RuntimeState::enabled);

Verdict wait_for_debugger(Owner& owner) {
    if (!owner.debug) {
        owner.runtime_interrupted = false;
        return 0;
    }
    // A repeated call that a signal had ended must not announce itself again.
    if (!owner.runtime_interrupted) {
        raise_runtime_change(owner);
    }
    return std::make_unique<RuntimeWait>(owner);
}

Verdict start(Request& request, const kfd::RuntimeEnable& argument) {
    Owner& owner = request.caller;
    if (!owner.runtime_interrupted) {
        if (owner.runtime.runtime_state != state_disabled) {
            return -EBUSY;
        }
        if (!owner.queues.empty()) {
            return -EEXIST;
        }
        owner.runtime = {
            .r_debug = argument.r_debug,
            .runtime_state = state_enabled,
            .ttmp_setup = (argument.mode_mask & kfd::runtime_enable_mode_ttmp_save) != 0 ? 1U : 0U};
        if (owner.debug) {
            activate_debug(request.machine, owner, request.now);
        }
    }
    return wait_for_debugger(owner);
}

Verdict end(Request& request) {
    Owner& owner = request.caller;
    const bool was_enabled = owner.runtime_enabled();
    owner.runtime = {};
    if (owner.debug && was_enabled) {
        deactivate_debug(request.machine, owner, request.now);
        resume_everything(request.machine, owner, request.now);
    }
    return wait_for_debugger(owner);
}

}  // namespace

Verdict enable_runtime(Request& request, kfd::RuntimeEnable& argument) {
    const bool starts = (argument.mode_mask & kfd::runtime_enable_mode_enable) != 0;
    return starts ? start(request, argument) : end(request);
}

std::optional<int> RuntimeWait::over(TimePoint /*now*/, std::span<std::byte> /*argument*/) {
    if (owner_.runtime_answers == 0) {
        return std::nullopt;
    }
    --owner_.runtime_answers;
    owner_.runtime_interrupted = false;
    return 0;
}

std::optional<int> RuntimeWait::interrupted() {
    owner_.runtime_interrupted = true;
    return -EINTR;
}

}  // namespace penstock::emulator
