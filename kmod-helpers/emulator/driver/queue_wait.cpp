// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/queue_wait.h"

#include <cerrno>

#include "kmod-helpers/emulator/driver/debug_events.h"

namespace penstock::emulator {

void remove_queue(Machine& machine, Owner& owner, std::uint32_t number, TimePoint now) {
    const Queue& queue = owner.queues.at(number);
    const std::uint32_t gpu_id = queue.setup.gpu_id;
    if (!queue.lost) {
        machine.devices.destroy({gpu_id, {owner.tgid, number}}, now);
    }
    owner.queues.erase(number);
    raise_queue_delete(owner, gpu_id);
}

QueueWait::QueueWait(Machine& machine, Owner& owner, std::uint32_t number)
    : machine_(machine), owner_(owner), number_(number) {
    owner_.queues.at(number_).being_destroyed = true;
}

std::optional<int> QueueWait::over(TimePoint now, std::span<std::byte> /*argument*/) {
    if (owner_.queues.at(number_).held_by(Hold::debugger)) {
        return std::nullopt;
    }
    remove_queue(machine_, owner_, number_, now);
    return 0;
}

std::optional<int> QueueWait::interrupted() {
    owner_.queues.at(number_).being_destroyed = false;
    return -EINTR;
}

}  // namespace penstock::emulator
