// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/debug_events.h"

namespace penstock::emulator {

namespace {

void raise(Owner& owner, std::uint64_t& status, std::uint64_t exception) {
    if (!owner.debug) {
        return;
    }
    status |= exception;
    if ((owner.debug->subscribed & exception) != 0) {
        owner.debug->pipe->notify();
    }
}

}  // namespace

void raise_queue_new(Owner& owner, std::uint32_t number) {
    raise(owner, owner.queues.at(number).exceptions, kfd::exception_queue_new);
}

void raise_queue_delete(Owner& owner, std::uint32_t gpu_id) {
    raise(owner, owner.device_exceptions[gpu_id], kfd::exception_device_queue_delete);
}

void raise_runtime_change(Owner& owner) {
    raise(owner, owner.exceptions, kfd::exception_process_runtime);
}

void clear_exceptions(Owner& owner) {
    owner.exceptions = 0;
    owner.device_exceptions.clear();
    for (auto& [number, queue] : owner.queues) {
        queue.exceptions = 0;
    }
}

}  // namespace penstock::emulator
