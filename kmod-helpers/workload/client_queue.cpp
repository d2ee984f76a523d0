// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/client_queue.h"

#include <bit>
#include <cstring>

#include "base/clock.h"

namespace penstock::workload {

namespace {

constexpr std::size_t ring_bytes = ring_packets * aql::packet_bytes;
constexpr std::size_t counters_offset = ring_bytes;  // A page of its own, as amd_queue_t has.
constexpr std::size_t counters_bytes = 4096;
constexpr std::size_t kernel_offset = counters_offset + counters_bytes;
constexpr std::size_t mailbox_offset = kernel_offset + 64;
constexpr std::size_t signals_offset = mailbox_offset + 64;
constexpr std::size_t all_bytes = signals_offset + (max_requests_in_flight * sizeof(aql::Signal));

std::span<std::byte> counters_of(const Memory& memory) {
    return memory.bytes().subspan(counters_offset, counters_bytes);
}

std::span<aql::Signal> signals_of(const Memory& memory) {
    auto* first = reinterpret_cast<aql::Signal*>(memory.bytes().data() + signals_offset);
    return {first, max_requests_in_flight};
}

constexpr std::uint16_t in_order_header =
    static_cast<std::uint16_t>(aql::PacketType::kernel_dispatch) | aql::header_barrier_bit |
    aql::header_system_scopes;

}  // namespace

ClientQueue::ClientQueue(Memory memory, const Settings& settings)
    : memory_(std::move(memory)),
      settings_(settings),
      ring_(memory_.bytes().first(ring_bytes), counters_of(memory_)),
      window_(signals_of(memory_)) {
    std::memcpy(
        memory_.bytes().data() + kernel_offset, &settings_.kernel, sizeof(settings_.kernel));
    for (aql::Signal& signal : signals_of(memory_)) {
        signal = {.value = 0,
                  .event_mailbox_ptr = memory_.address(mailbox_offset),
                  .event_id = settings_.event_id};
    }
}

Result<std::unique_ptr<ClientQueue>> ClientQueue::create(KfdClient& client,
                                                         const Settings& settings) {
    Result<Memory> memory = Memory::map(all_bytes);
    if (!memory) {
        return std::unexpected(memory.error());
    }
    std::unique_ptr<ClientQueue> queue(new ClientQueue(std::move(*memory), settings));
    const Result<std::uint32_t> number =
        client.create_queue(settings.gpu_id,
                            {.ring = queue->memory_.bytes().first(ring_bytes),
                             .counters = counters_of(queue->memory_)});
    if (!number) {
        return std::unexpected(number.error());
    }
    queue->number_ = *number;
    return queue;
}

std::uint64_t ClientQueue::write_address() const {
    return memory_.address(counters_offset + aql::write_dispatch_id_offset);
}

std::uint64_t ClientQueue::read_address() const {
    return memory_.address(counters_offset + aql::read_dispatch_id_offset);
}

bool ClientQueue::has_room() const {
    return !window_.full() && ring_.has_room(settings_.kernels_per_request);
}

PointerStore ClientQueue::submit(TimePoint arrival) {
    const aql::Signal& signal = window_.begin(arrival);
    const std::uint32_t kernels = settings_.kernels_per_request;
    const std::uint64_t first = ring_.reserve(kernels);
    const PointerStore store{
        .queue_number = number_, .written = ring_.written(), .stored = monotonic_now()};
    aql::KernelDispatch packet{
        .header = in_order_header,
        .setup = 1,
        .workgroup_size = {64, 1, 1},
        .grid_size = {64, 1, 1},
        .kernel_object = emulator::synthetic_kernel_object,
        .kernarg_address = memory_.address(kernel_offset),
    };
    for (std::uint32_t kernel = 0; kernel < kernels; ++kernel) {
        const bool last = kernel + 1 == kernels;
        packet.completion_signal = last ? std::bit_cast<std::uint64_t>(&signal) : 0;
        ring_.publish(first + kernel, packet);
    }
    window_.submitted();
    return store;
}

}  // namespace penstock::workload
