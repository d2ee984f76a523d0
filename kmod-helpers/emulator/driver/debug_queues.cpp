// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/debug_queues.h"

#include <algorithm>
#include <cerrno>
#include <expected>
#include <utility>

#include "kmod-helpers/emulator/driver/debug_session.h"
#include "kmod-helpers/emulator/driver/hardware_wait.h"

namespace penstock::emulator {

namespace {

using Numbers = std::vector<std::uint32_t>;

// The caller's array, with every entry marked as not reached.
std::expected<Numbers, int> read_numbers(Request& request,
                                         std::uint64_t address,
                                         std::uint32_t count) {
    if (count > kfd::max_queues_per_call || (address == 0 && count > 0)) {
        return std::unexpected(-EINVAL);
    }
    Numbers numbers(count);
    if (count > 0 &&
        !request.machine.ports.memory.read(
            request.caller.tgid, address, std::as_writable_bytes(std::span(numbers)))) {
        return std::unexpected(-EFAULT);
    }
    for (std::uint32_t& number : numbers) {
        number |= kfd::queue_invalid_bit;
    }
    return numbers;
}

// The driver ignores that the array went away meanwhile: what was done stays done.
void write_numbers(Request& request, std::uint64_t address, const Numbers& numbers) {
    if (!numbers.empty()) {
        static_cast<void>(request.machine.ports.memory.write(
            request.caller.tgid, address, std::as_bytes(std::span(numbers))));
    }
}

// The first entry that names the queue: of two equal ones the second stays marked.
std::uint32_t* entry_of(Numbers& numbers, std::uint32_t number) {
    const auto found = std::ranges::find(numbers, number | kfd::queue_invalid_bit);
    return found == numbers.end() ? nullptr : &*found;
}

bool may_be_suspended(const Queue& queue) {
    const bool unseen = (queue.exceptions & kfd::exception_queue_new) != 0;
    return queue.suspended || (!unseen && !queue.being_destroyed);
}

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

Verdict suspend_queues(Request& request, Owner& target, const kfd::DebugSuspendQueues& argument) {
    auto numbers = read_numbers(request, argument.queue_array_ptr, argument.num_queues);
    if (!numbers) {
        return numbers.error();
    }
    std::vector<QueueAddress> newly;
    int reached = 0;
    for (auto& [number, queue] : target.queues) {
        std::uint32_t* const entry = entry_of(*numbers, number);
        if (entry == nullptr || !may_be_suspended(queue)) {
            continue;
        }
        *entry &= ~kfd::queue_invalid_bit;
        ++reached;
        queue.exceptions &= ~argument.exception_mask;
        if (!std::exchange(queue.suspended, true)) {
            newly.push_back({queue.setup.gpu_id, {target.tgid, number}});
        }
    }
    const TimePoint saved = request.machine.devices.suspend(newly, request.now);
    write_numbers(request, argument.queue_array_ptr, *numbers);
    return at(saved, reached, request.now);
}

Verdict resume_queues(Request& request, Owner& target, const kfd::DebugResumeQueues& argument) {
    if (argument.queue_array_ptr == 0) {  // The driver's way to say "all".
        const TimePoint running = resume_everything(request.machine, target, request.now);
        return at(running, static_cast<int>(target.queues.size()), request.now);
    }
    auto numbers = read_numbers(request, argument.queue_array_ptr, argument.num_queues);
    if (!numbers) {
        return numbers.error();
    }
    std::vector<QueueAddress> newly;
    int reached = 0;
    for (auto& [number, queue] : target.queues) {
        if (std::uint32_t* const entry = entry_of(*numbers, number)) {
            *entry &= ~kfd::queue_invalid_bit;
            ++reached;
            if (std::exchange(queue.suspended, false)) {
                newly.push_back({queue.setup.gpu_id, {target.tgid, number}});
            }
        }
    }
    const TimePoint restored = request.machine.devices.resume(newly, request.now);
    write_numbers(request, argument.queue_array_ptr, *numbers);
    return at(restored, reached, request.now);
}

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
