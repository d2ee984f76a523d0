// SPDX-License-Identifier: Apache-2.0
//
// Client queue: what a program does with its AQL queue, in fake memory.

#pragma once

#include "kmod-helpers/abi/aql.h"
#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/synthetic_kernel.h"
#include "tests/unit/emulator/device/fake_memory.h"

namespace penstock::emulator {

class ClientQueue {
  public:
    static constexpr std::uint32_t slots = 64;
    static constexpr std::uint32_t ring_bytes = slots * aql::packet_bytes;

    ClientQueue(FakeMemory& memory, QueueName name) : memory_(&memory), name_(name) {
        memory.map(name.tgid, ring(), ring_bytes);
        memory.map(name.tgid, counters(), 256);
        memory.map(name.tgid, kernargs(), 1024 * sizeof(SyntheticKernel));
        memory.map(name.tgid, signals(), 1024 * sizeof(aql::Signal));
        for (std::uint64_t slot = 0; slot < slots; ++slot) {
            put(ring() + (slot * aql::packet_bytes), std::uint16_t{1});
        }
    }

    [[nodiscard]] QueueSetup setup() const {
        return {.name = name_,
                .type = kfd::queue_type_compute_aql,
                .ring_address = ring(),
                .ring_bytes = ring_bytes,
                .write_address = write_address(),
                .read_address = read_address()};
    }

    // Returns the number of the packet, which is that of its signal too.
    std::uint64_t submit(const SyntheticKernel& kernel) {
        const std::uint64_t number = write_id();
        put(kernargs() + (number % 1024 * sizeof(kernel)), kernel);
        aql::KernelDispatch packet;
        packet.header = static_cast<std::uint16_t>(aql::PacketType::kernel_dispatch);
        packet.kernel_object = synthetic_kernel_object;
        packet.kernarg_address = kernargs() + (number % 1024 * sizeof(kernel));
        packet.completion_signal = armed_signal(number);
        return publish(packet);
    }

    std::uint64_t submit(Duration length) {
        return submit({.duration_ns = static_cast<std::uint64_t>(length.count())});
    }

    std::uint64_t submit_barrier(aql::PacketType type, std::vector<std::uint64_t> dependencies) {
        aql::Barrier packet;
        packet.header = static_cast<std::uint16_t>(type);
        std::ranges::copy(dependencies, packet.dependencies);
        packet.completion_signal = armed_signal(write_id());
        return publish(packet);
    }

    template <typename Packet>
    std::uint64_t publish(const Packet& packet) {
        const std::uint64_t number = write_id();
        put(ring() + (number % slots * aql::packet_bytes), packet);
        put(write_address(), number + 1);
        return number;
    }

    [[nodiscard]] aql::Signal signal(std::uint64_t number) const {
        return memory_->get<aql::Signal>(name_.tgid, signal_address(number));
    }

    [[nodiscard]] bool completed(std::uint64_t number) const { return signal(number).value == 0; }

    [[nodiscard]] TimePoint end_of(std::uint64_t number) const {
        return from_ns(static_cast<std::int64_t>(signal(number).end_ts));
    }

    [[nodiscard]] std::uint64_t signal_address(std::uint64_t number) const {
        return signals() + (number % 1024 * sizeof(aql::Signal));
    }

    [[nodiscard]] std::uint16_t header(std::uint64_t number) const {
        return memory_->get<std::uint16_t>(name_.tgid,
                                           ring() + (number % slots * aql::packet_bytes));
    }

    [[nodiscard]] std::uint64_t write_id() const { return get(write_address()); }

    [[nodiscard]] std::uint64_t read_id() const { return get(read_address()); }

    [[nodiscard]] QueueName name() const { return name_; }

    [[nodiscard]] std::uint64_t ring() const { return (name_.number + 1ULL) << 20; }

    [[nodiscard]] std::uint64_t counters() const { return ring() + 0x40000; }

    [[nodiscard]] std::uint64_t kernargs() const { return ring() + 0x50000; }

    [[nodiscard]] std::uint64_t signals() const { return ring() + 0x60000; }

    [[nodiscard]] std::uint64_t write_address() const {
        return counters() + aql::write_dispatch_id_offset;
    }

    [[nodiscard]] std::uint64_t read_address() const {
        return counters() + aql::read_dispatch_id_offset;
    }

    template <typename T>
    void put(std::uint64_t address, const T& value) {
        memory_->put(name_.tgid, address, value);
    }

  private:
    [[nodiscard]] std::uint64_t get(std::uint64_t address) const {
        return memory_->get<std::uint64_t>(name_.tgid, address);
    }

    std::uint64_t armed_signal(std::uint64_t number) {
        put(signal_address(number), aql::Signal{.value = 1});
        return signal_address(number);
    }

    FakeMemory* memory_;
    QueueName name_;
};

}  // namespace penstock::emulator
