// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/queue_ioctls.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <vector>

#include "kmod-helpers/emulator/driver/debug_activation.h"
#include "kmod-helpers/emulator/driver/debug_events.h"
#include "kmod-helpers/emulator/driver/queue_wait.h"
#include "kmod-helpers/emulator/generation.h"

namespace penstock::emulator {

namespace {

constexpr int not_supported = 524;  // ENOTSUPP, which the kernel keeps from its headers.
constexpr std::uint32_t percentage_bits = 0xff;  // Above them is the compute partition.
constexpr std::uint32_t smallest_ring = 1024;    // Bytes; a smaller size is raised to it.
constexpr std::uint64_t user_space_end = 0x7fff'ffff'f000;  // Of x86-64 with 4-level pages.
constexpr std::uint32_t most_cu_mask_bits = 1024;
// Every process has its doorbells in its own 4 GiB: old runtimes map by the upper half alone.
constexpr std::uint32_t doorbell_regions = 1000;

bool readable(Request& request, std::uint64_t address, std::size_t bytes) {
    std::array<std::byte, sizeof(std::uint64_t)> scratch{};
    const std::span<std::byte> word(scratch);
    const std::uint32_t tgid = request.caller.tgid;
    ClientMemory& memory = request.machine.ports.memory;
    return memory.read(tgid, address, word) &&
           memory.read(tgid, address + bytes - word.size(), word);
}

// Whether an address could be a process' own at all; what lies there is looked at later.
bool in_user_space(std::uint64_t address) {
    return address < user_space_end;
}

// Of CREATE_QUEUE and UPDATE_QUEUE, in the driver's order. Raises the size of a small ring.
template <typename Argument>
int check_properties(Argument& wanted) {
    if ((wanted.queue_percentage & percentage_bits) > kfd::max_queue_percentage ||
        wanted.queue_priority > kfd::max_queue_priority) {
        return -EINVAL;
    }
    if (!in_user_space(wanted.ring_base_address)) {
        return -EFAULT;
    }
    if (wanted.ring_size != 0 && !std::has_single_bit(wanted.ring_size)) {
        return -EINVAL;
    }
    wanted.ring_size = std::max(wanted.ring_size, smallest_ring);
    return 0;
}

bool all_in_user_space(const kfd::CreateQueue& wanted) {
    return in_user_space(wanted.read_pointer_address) &&
           in_user_space(wanted.write_pointer_address) &&
           in_user_space(wanted.eop_buffer_address) &&
           in_user_space(wanted.ctx_save_restore_address);
}

int check_memory(Request& request, const kfd::CreateQueue& wanted) {
    if (wanted.ring_base_address == 0 || wanted.read_pointer_address == 0 ||
        wanted.write_pointer_address == 0) {
        return -EINVAL;
    }
    const bool reachable = readable(request, wanted.ring_base_address, wanted.ring_size) &&
                           readable(request, wanted.read_pointer_address, sizeof(std::uint64_t)) &&
                           readable(request, wanted.write_pointer_address, sizeof(std::uint64_t));
    return reachable ? 0 : -EFAULT;
}

int check(Request& request, kfd::CreateQueue& wanted) {
    if (const int wrong = check_properties(wanted)) {
        return wrong;
    }
    if (!all_in_user_space(wanted)) {
        return -EFAULT;
    }
    if (wanted.queue_type > request.machine.settings.kernel.highest_queue_type) {
        return -not_supported;
    }
    if (!request.machine.devices.has(wanted.gpu_id)) {
        return -EINVAL;
    }
    return check_memory(request, wanted);
}

std::uint32_t lowest_free_number(const Owner& owner) {
    std::uint32_t number = 0;
    for (const auto& [taken, queue] : owner.queues) {
        if (taken != number) {
            break;
        }
        ++number;
    }
    return number;
}

QueueSetup setup_of(const Owner& owner, const kfd::CreateQueue& queue) {
    return {.name = {owner.tgid, queue.queue_id},
            .type = queue.queue_type,
            .ring_address = queue.ring_base_address,
            .ring_bytes = queue.ring_size,
            .write_address = queue.write_pointer_address,
            .read_address = queue.read_pointer_address,
            .percentage = queue.queue_percentage & percentage_bits,
            .priority = queue.queue_priority};
}

Queue* find(Owner& owner, std::uint32_t number) {
    const auto found = owner.queues.find(number);
    return found == owner.queues.end() ? nullptr : &found->second;
}

bool in_pairs(std::uint32_t mask) {
    constexpr std::uint32_t first_of_pairs = 0x55555555;
    return (mask & first_of_pairs) == ((mask >> 1) & first_of_pairs);
}

int check_mask(const Machine& machine, const Queue& queue, std::span<const std::uint32_t> mask) {
    if (queue.half_masked) {
        return -EBUSY;
    }
    const Generation generation{machine.devices.description(queue.setup.gpu_id).gfx_target_version};
    if (generation.has_unit_pairs() && !std::ranges::all_of(mask, in_pairs)) {
        return -EINVAL;
    }
    return queue.lost ? -EACCES : 0;
}

}  // namespace

Verdict create_queue(Request& request, kfd::CreateQueue& argument) {
    if (const int wrong = check(request, argument)) {
        return wrong;
    }
    Owner& owner = request.caller;
    if (owner.queues.size() >= kfd::max_queues_per_process) {
        return -ENOMEM;
    }
    argument.queue_id = lowest_free_number(owner);
    argument.doorbell_offset = ((1 + owner.incarnation % doorbell_regions) << 32) +
                               argument.queue_id * sizeof(std::uint64_t);
    Queue& queue = owner.queues[argument.queue_id] = {.setup = argument};
    QueueSetup setup = setup_of(owner, argument);
    if (owner.evictions > 0) {
        queue.holds = static_cast<std::uint8_t>(Hold::eviction);
        setup.starts_suspended = true;
    }
    request.machine.devices.create(argument.gpu_id, setup, request.now);
    if (owner.debug) {
        mask_for_debugger(request.machine, owner, argument.queue_id, request.now);
    }
    raise_queue_new(owner, argument.queue_id);
    return 0;
}

Verdict update_queue(Request& request, kfd::UpdateQueue& argument) {
    if (const int wrong = check_properties(argument)) {
        return wrong;
    }
    Queue* const queue = find(request.caller, argument.queue_id);
    if (queue == nullptr) {
        return -EFAULT;
    }
    kfd::CreateQueue changed = queue->setup;
    changed.queue_percentage = argument.queue_percentage;
    changed.queue_priority = argument.queue_priority;
    if (argument.ring_base_address == 0) {
        changed.queue_percentage = 0;  // Another way to say that it is not scheduled.
    } else {
        changed.ring_base_address = argument.ring_base_address;
        changed.ring_size = argument.ring_size;
        if (!readable(request, changed.ring_base_address, changed.ring_size)) {
            return -EFAULT;
        }
    }
    if (queue->lost) {
        return -EACCES;
    }
    queue->setup = changed;
    request.machine.devices.update(changed.gpu_id, setup_of(request.caller, changed), request.now);
    return 0;
}

Verdict destroy_queue(Request& request, kfd::DestroyQueue& argument) {
    Queue* const queue = find(request.caller, argument.queue_id);
    if (queue == nullptr || queue->being_destroyed) {
        return -EINVAL;
    }
    if (queue->held_by(Hold::debugger)) {
        return std::make_unique<QueueWait>(request.machine, request.caller, argument.queue_id);
    }
    remove_queue(request.machine, request.caller, argument.queue_id, request.now);
    return 0;
}

Verdict set_cu_mask(Request& request, kfd::SetCuMask& argument) {
    if (argument.num_cu_mask == 0 || argument.num_cu_mask % 32 != 0) {
        return -EINVAL;
    }
    std::vector<std::uint32_t> mask(std::min(argument.num_cu_mask, most_cu_mask_bits) / 32);
    if (!request.machine.ports.memory.read(
            request.caller.tgid, argument.cu_mask_ptr, std::as_writable_bytes(std::span(mask)))) {
        return -EFAULT;
    }
    Queue* const queue = find(request.caller, argument.queue_id);
    if (queue == nullptr) {
        return -EFAULT;
    }
    if (const int wrong = check_mask(request.machine, *queue, mask)) {
        return wrong;
    }
    queue->masked_by_owner = true;
    std::uint32_t units = 0;
    for (const std::uint32_t word : mask) {
        units += static_cast<std::uint32_t>(std::popcount(word));
    }
    const QueueName name{request.caller.tgid, argument.queue_id};
    request.machine.devices.set_cu_mask({queue->setup.gpu_id, name}, units, request.now);
    return 0;
}

}  // namespace penstock::emulator
