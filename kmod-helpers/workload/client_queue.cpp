// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/client_queue.h"

#include <atomic>
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
constexpr std::size_t steps_offset =
    signals_offset + (max_requests_in_flight * sizeof(aql::Signal));
constexpr std::size_t all_bytes = steps_offset + sizeof(aql::Signal);

std::span<std::byte> counters_of(const Memory& memory) {
    return memory.bytes().subspan(counters_offset, counters_bytes);
}

std::span<aql::Signal> signals_of(const Memory& memory) {
    auto* first = reinterpret_cast<aql::Signal*>(memory.bytes().data() + signals_offset);
    return {first, max_requests_in_flight};
}

// Decremented by every packet that is not the last of its request.
aql::Signal& steps_of(const Memory& memory) {
    return *reinterpret_cast<aql::Signal*>(memory.bytes().data() + steps_offset);
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
    // Without a mailbox: it wakes nobody as long as nobody waits to launch.
    steps_of(memory_) = {.event_id = settings_.event_id};
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

std::span<const std::byte> ClientQueue::ring() const {
    return memory_.bytes().first(ring_bytes);
}

bool ClientQueue::has_room() const {
    const std::scoped_lock lock(launching_);
    return !window_.full() && ring_.has_room(launches_.waiting() + settings_.kernels_per_request);
}

std::optional<PointerStore> ClientQueue::submit(TimePoint arrival) {
    const std::scoped_lock lock(launching_);
    window_.begin(arrival);
    window_.submitted();
    launches_.submitted(settings_.kernels_per_request);
    return launch();
}

void ClientQueue::limit_launches(std::uint64_t packets) {
    const std::scoped_lock lock(launching_);
    launches_.limit(packets);
    std::atomic_ref(steps_of(memory_).event_mailbox_ptr)
        .store(launches_.limited() ? memory_.address(mailbox_offset) : 0);
    launch();
}

void ClientQueue::hold_launches(bool held) {
    const std::scoped_lock lock(launching_);
    launches_.hold(held);
    launch();
}

void ClientQueue::catch_up() {
    // Nobody holds back the launches of a client that does not count its packets.
    if (settings_.counts_packets) {
        const std::scoped_lock lock(launching_);
        launch();
    }
}

std::optional<PointerStore> ClientQueue::launch() {
    const std::uint64_t packets = launches_.allowed(launches_.limited() ? completed_packets() : 0);
    if (packets == 0) {
        return std::nullopt;
    }
    const std::uint64_t first = ring_.reserve(packets);
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
    for (std::uint64_t number = first; number < first + packets; ++number) {
        packet.completion_signal = completion_of(number);
        ring_.publish(number, packet);
    }
    launches_.launched(packets);
    return store;
}

std::uint64_t ClientQueue::completion_of(std::uint64_t packet) const {
    const std::uint32_t kernels = settings_.kernels_per_request;
    if (packet % kernels == kernels - 1) {
        return std::bit_cast<std::uint64_t>(&window_.at(packet / kernels));
    }
    return settings_.counts_packets ? memory_.address(steps_offset) : 0;
}

std::uint64_t ClientQueue::completed_packets() const {
    const std::int64_t steps = std::atomic_ref(steps_of(memory_).value).load();
    return window_.completed() + static_cast<std::uint64_t>(-steps);
}

}  // namespace penstock::workload
