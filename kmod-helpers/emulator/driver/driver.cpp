// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/driver.h"

#include <linux/ioctl.h>

#include <algorithm>
#include <cerrno>

#include "kmod-helpers/emulator/driver/debug_activation.h"
#include "kmod-helpers/emulator/driver/debug_session.h"
#include "kmod-helpers/emulator/driver/dispatcher.h"
#include "kmod-helpers/emulator/driver/event_ioctls.h"
#include "kmod-helpers/emulator/driver/holds.h"

namespace penstock::emulator {

Driver::Driver(const Ports& ports, const DriverSettings& settings)
    : machine_(ports, settings), parked_(ports.answers, ports.memory) {}

void Driver::bury_former_program(std::uint32_t tgid, TimePoint now) {
    if (machine_.owners.find(tgid) != nullptr && !machine_.ports.deaths.has_same_memory(tgid)) {
        died(tgid, now);
    }
}

void Driver::bury_former_opener(std::uint64_t opener, TimePoint now) {
    if (const Owner* const owner = machine_.owners.find_incarnation(opener)) {
        bury_former_program(owner->tgid, now);
    }
}

void Driver::bury_former_programs(TimePoint now) {
    for (const std::uint32_t tgid : memory_rounds_.next(machine_.owners, now)) {
        bury_former_program(tgid, now);
    }
}

std::optional<std::uint64_t> Driver::open(std::uint32_t tid, TimePoint now) {
    const std::optional<TaskStatus> task = machine_.ports.tasks.status(tid);
    const bool served = task && !machine_.ports.tasks.is_32_bit(tid);
    if (served) {
        bury_former_program(task->tgid, now);
    }
    const Owner* const owner = served ? machine_.owners.find_or_add(task->tgid) : nullptr;
    return owner != nullptr ? std::optional(owner->incarnation) : std::nullopt;
}

int Driver::inject(std::string_view text, TimePoint now) {
    const std::optional<FaultLines> lines = parse_faults(text);
    const auto exists = [this](std::uint32_t gpu_id) { return machine_.devices.has(gpu_id); };
    if (!lines || !std::ranges::all_of(lines->resets, exists)) {
        return -EINVAL;
    }
    for (const auto& [fault, armed] : lines->armed) {
        machine_.faults.arm(fault, armed);
    }
    for (const std::uint32_t gpu_id : lines->resets) {
        reset_device(machine_, gpu_id, now);
    }
    return 0;
}

Owner* Driver::owner_for(const Call& call, std::uint64_t opener) const {
    Owner* const owner = machine_.owners.find_incarnation(opener);
    Tasks& tasks = machine_.ports.tasks;
    if (owner == nullptr || tasks.belongs_to(call.caller_tid, owner->tgid)) {
        return owner;
    }
    const std::optional<TaskStatus> task =
        serves_tracers(call.command) ? tasks.status(owner->tgid) : std::nullopt;
    return task && task->tracer_tid == call.caller_tid ? owner : nullptr;
}

void Driver::refuse(Call& call, int error) {
    call.answer_bytes = 0;
    parked_.answer(call, error);
}

bool Driver::fetch_argument(Call& call) {
    const Directions directions = directions_of(machine_.settings, call.command);
    const std::size_t bytes = _IOC_SIZE(call.command);
    const bool claims_in = (_IOC_DIR(call.command) & _IOC_WRITE) != 0;
    const bool claims_out = (_IOC_DIR(call.command) & _IOC_READ) != 0;
    // Not the file's owner: a tracer's CRIU_OP brings memory of its own. Only asked for when
    // needed, as it costs more than most calls.
    const auto caller = [&] {
        const auto task = machine_.ports.tasks.status(call.caller_tid);
        return task ? task->tgid : 0;
    };
    if (!directions.to_driver) {
        call.argument.assign(bytes, std::byte{});
    } else if (!claims_in && bytes > 0) {
        // The transport believes the command's direction bits; the driver does not.
        call.argument.resize(bytes);
        if (!machine_.ports.memory.read(caller(), call.address, call.argument)) {
            return false;
        }
    }
    if (!directions.to_caller) {
        call.answer_bytes = 0;
    } else if (!claims_out && bytes > 0) {
        call.deliver_to_tgid = caller();
    }
    return true;
}

void Driver::call(Call call, std::uint64_t opener, TimePoint now) {
    if (!is_known(machine_.settings, call.command)) {
        refuse(call, machine_.settings.kernel.unknown_number);
        return;
    }
    bury_former_opener(opener, now);
    // A child that inherited the file is not its owner.
    Owner* const caller = owner_for(call, opener);
    if (caller == nullptr) {
        refuse(call, -EBADF);
        return;
    }
    if (!fetch_argument(call)) {
        refuse(call, -EFAULT);
        return;
    }
    const auto other = named_process(machine_.settings, call.command, call.argument);
    if (other && *other != caller->tgid) {  // The caller itself was just looked at.
        bury_former_program(*other, now);
    }
    Request request{.machine = machine_,
                    .caller = *caller,
                    .caller_tid = call.caller_tid,
                    .now = now,
                    .passed_bytes = _IOC_SIZE(call.command)};
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
        if (other->debug && other->debugger == dead->incarnation) {
            end_session(machine_, *other, now);
        }
    }
    deactivate_debug(machine_, *dead, now);
    for (const auto& [number, queue] : dead->queues) {
        if (!queue.lost) {
            machine_.devices.destroy(
                {.gpu_id = queue.setup.gpu_id, .name = {.tgid = tgid, .number = number}}, now);
        }
    }
    machine_.owners.remove(tgid);
}

TimePoint Driver::run(TimePoint now) {
    bury_former_programs(now);
    const TimePoint next_work = machine_.devices.run(now);
    const TimePoint next_round =
        machine_.devices.any_queue() ? memory_rounds_.due() : TimePoint::max();
    return std::min({next_work, next_round, parked_.settle(now)});
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
