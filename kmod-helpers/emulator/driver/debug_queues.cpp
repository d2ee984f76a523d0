// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/debug_queues.h"

#include <algorithm>
#include <cerrno>

namespace penstock::emulator {

namespace {

kfd::QueueSnapshotEntry entry_for(const Queue& queue) {
    const kfd::CreateQueue& setup = queue.setup;
    // Which engine an SDMA queue asked for is forgotten after its creation.
    const bool by_engine = setup.queue_type == kfd::queue_type_sdma_by_engine;
    return {.exception_status = queue.exceptions,
            .ring_base_address = setup.ring_base_address,
            .write_pointer_address = setup.write_pointer_address,
            .read_pointer_address = setup.read_pointer_address,
            .ctx_save_restore_address = setup.ctx_save_restore_address,
            .queue_id = setup.queue_id,
            .gpu_id = setup.gpu_id,
            .ring_size = setup.ring_size,
            .queue_type = by_engine ? kfd::queue_type_sdma : setup.queue_type,
            .ctx_save_restore_area_size = setup.ctx_save_restore_size};
}

}  // namespace

Verdict snapshot_queues(Request& request, Owner& target, kfd::DebugQueueSnapshot& argument) {
    const std::uint32_t room = argument.num_queues;
    const std::uint32_t stride = argument.entry_size;
    argument.num_queues = 0;
    if (stride == 0) {
        return -EINVAL;
    }
    argument.entry_size = std::min<std::uint32_t>(stride, sizeof(kfd::QueueSnapshotEntry));
    std::uint64_t address = argument.snapshot_buf_ptr;
    for (auto& [number, queue] : target.queues) {
        if (argument.num_queues < room) {
            const kfd::QueueSnapshotEntry entry = entry_for(queue);
            queue.exceptions &= ~argument.exception_mask;
            const auto bytes = std::as_bytes(std::span(&entry, 1)).first(argument.entry_size);
            if (!request.machine.ports.memory.write(request.caller.tgid, address, bytes)) {
                return -EFAULT;
            }
            address += stride;
        }
        ++argument.num_queues;
    }
    return 0;
}

Verdict query_event(Owner& target, kfd::DebugQueryEvent& argument) {
    const std::uint64_t clear = argument.exception_mask;
    const std::uint64_t wanted = target.debug->subscribed;
    argument = {};
    for (auto& [number, queue] : target.queues) {
        if ((queue.exceptions & wanted) != 0) {
            argument = {queue.exceptions, queue.setup.gpu_id, number};
            queue.exceptions &= ~clear;
            return 0;
        }
    }
    for (auto& [gpu_id, exceptions] : target.device_exceptions) {
        if ((exceptions & wanted) != 0) {
            argument = {exceptions, gpu_id, 0};
            exceptions &= ~clear;
            return 0;
        }
    }
    if ((target.exceptions & wanted) != 0) {
        argument.exception_mask = target.exceptions;
        target.exceptions &= ~clear;
        return 0;
    }
    return -EAGAIN;
}

}  // namespace penstock::emulator
