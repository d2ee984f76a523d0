// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/driver.h"

#include <algorithm>
#include <cerrno>

#include "kmod-helpers/emulator/driver/debug_session.h"
#include "kmod-helpers/emulator/driver/dispatcher.h"
#include "kmod-helpers/emulator/driver/event_ioctls.h"

namespace penstock::emulator {

Driver::Driver(const Ports& ports, PermissionRule permission)
    : machine_(ports, permission), parked_(ports.answers) {}

std::optional<std::uint64_t> Driver::open(std::uint32_t tid) {
    const std::optional<TaskStatus> task = machine_.ports.tasks.status(tid);
    const Owner* const owner = task ? machine_.owners.find_or_add(task->tgid) : nullptr;
    return owner != nullptr ? std::optional(owner->incarnation) : std::nullopt;
}

Owner* Driver::opened_by_caller(const Call& call, std::uint64_t opener) const {
    for (const auto& [tgid, owner] : machine_.owners.all()) {
        if (owner->incarnation == opener) {
            const bool same = machine_.ports.tasks.belongs_to(call.caller_tid, tgid);
            return same ? owner.get() : nullptr;
        }
    }
    return nullptr;
}

void Driver::call(Call call, std::uint64_t opener, TimePoint now) {
    if (!is_known(call.command)) {
        parked_.answer(call, -ENOTTY);
        return;
    }
    // A child that inherited the file is not its owner.
    Owner* const caller = opened_by_caller(call, opener);
    if (caller == nullptr) {
        parked_.answer(call, -EBADF);
        return;
    }
    Request request{machine_, *caller, call.caller_tid, now};
    Verdict verdict = dispatch(request, call.command, call.argument);
    if (auto* const wait = std::get_if<std::unique_ptr<Wait>>(&verdict)) {
        parked_.park(std::move(call), *caller, std::move(*wait), now);
    } else {
        parked_.answer(call, std::get<int>(verdict));
    }
}

void Driver::died(std::uint32_t tgid, TimePoint now) {
    Owner* const dead = machine_.owners.find(tgid);
    if (dead == nullptr) {
        return;
    }
    parked_.abandon(*dead);
    for (const auto& [other_tgid, other] : machine_.owners.all()) {
        if (other->debug && other->debug->debugger == dead->incarnation) {
            end_session(machine_, *other, now);
        }
    }
    for (const auto& [number, queue] : dead->queues) {
        machine_.devices.destroy({queue.setup.gpu_id, {tgid, number}}, now);
    }
    machine_.owners.remove(tgid);
}

TimePoint Driver::run(TimePoint now) {
    const TimePoint next_work = machine_.devices.run(now);
    return std::min(next_work, parked_.settle(now));
}

void Driver::raise(std::uint32_t tgid, std::uint32_t event_id) {
    if (Owner* const owner = machine_.owners.find(tgid)) {
        const auto event = owner->events.find(event_id);
        if (event != owner->events.end()) {
            set(event->second);
        }
    }
}

}  // namespace penstock::emulator
