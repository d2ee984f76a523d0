// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/queue_ioctls.h"

#include <array>
#include <bit>
#include <cerrno>
#include <vector>

#include "kmod-helpers/emulator/driver/debug_events.h"
#include "kmod-helpers/emulator/driver/queue_wait.h"

namespace penstock::emulator {

namespace {

constexpr int not_supported = 524;  // ENOTSUPP, which the kernel keeps from its headers.
constexpr std::uint32_t percentage_bits = 0xff;  // Above them is the compute partition.
constexpr std::uint32_t smallest_ring = 64;      // One packet.
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

int check_properties(std::uint32_t percentage, std::uint32_t priority, std::uint32_t ring_size) {
    const bool fine = (percentage & percentage_bits) <= kfd::max_queue_percentage &&
                      priority <= kfd::max_queue_priority &&
                      (ring_size == 0 || std::has_single_bit(ring_size));
    return fine ? 0 : -EINVAL;
}

int check_memory(Request& request, const kfd::CreateQueue& wanted) {
    if (wanted.ring_base_address == 0 || wanted.read_pointer_address == 0 ||
        wanted.write_pointer_address == 0 || wanted.ring_size < smallest_ring) {
        return -EINVAL;
    }
    const bool reachable = readable(request, wanted.ring_base_address, wanted.ring_size) &&
                           readable(request, wanted.read_pointer_address, sizeof(std::uint64_t)) &&
                           readable(request, wanted.write_pointer_address, sizeof(std::uint64_t));
    return reachable ? 0 : -EFAULT;
}

int check(Request& request, const kfd::CreateQueue& wanted) {
    if (const int wrong =
            check_properties(wanted.queue_percentage, wanted.queue_priority, wanted.ring_size)) {
        return wrong;
    }
    if (wanted.queue_type > kfd::queue_type_sdma_by_engine) {
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
    owner.queues[argument.queue_id] = {.setup = argument};
    request.machine.devices.create(argument.gpu_id, setup_of(owner, argument), request.now);
    raise_queue_new(owner, argument.queue_id);
    return 0;
}

Verdict update_queue(Request& request, kfd::UpdateQueue& argument) {
    if (const int wrong = check_properties(
            argument.queue_percentage, argument.queue_priority, argument.ring_size)) {
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
        if (argument.ring_size < smallest_ring ||
            !readable(request, changed.ring_base_address, changed.ring_size)) {
            return -EFAULT;
        }
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
    if (queue->suspended) {
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
    const Queue* const queue = find(request.caller, argument.queue_id);
    if (queue == nullptr) {
        return -EFAULT;
    }
    std::uint32_t units = 0;
    for (const std::uint32_t word : mask) {
        units += static_cast<std::uint32_t>(std::popcount(word));
    }
    const QueueName name{request.caller.tgid, argument.queue_id};
    request.machine.devices.set_cu_mask({queue->setup.gpu_id, name}, units, request.now);
    return 0;
}

}  // namespace penstock::emulator
