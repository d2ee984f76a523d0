// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <random>

#include "kmod-helpers/emulator/device/execution.h"
#include "tests/unit/emulator/device/device_rig.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

constexpr QueueName first{.tgid = 1, .number = 0};
constexpr QueueName second{.tgid = 2, .number = 0};

TEST(HostileClient, can_not_keep_the_device_at_its_empty_packets) {
    DeviceRig rig;
    ClientQueue queue(rig.memory, first);
    constexpr std::uint64_t bytes = 1U << 20;
    rig.memory.map(first.tgid, 0x10000000, bytes);  // Zeroes are vendor packets.
    QueueSetup setup = queue.setup();
    setup.ring_address = 0x10000000;
    setup.ring_bytes = bytes;
    rig.device->create(setup, start);
    queue.put(queue.write_address(), bytes / aql::packet_bytes);
    const TimePoint next = rig.device->run(start);
    EXPECT_EQ(rig.device->counters().packets, Execution::packets_per_call);
    EXPECT_GT(next, start);
    rig.device->run(next);
    EXPECT_EQ(rig.device->counters().packets, 2 * Execution::packets_per_call);
}

TEST(HostileClient, slows_nobody_down_with_kernels_of_no_length) {
    DeviceRig rig;
    ClientQueue& hostile = rig.add_queue(first);
    ClientQueue& other = rig.add_queue(second);
    for (std::uint32_t i = 0; i < ClientQueue::slots; ++i) {
        hostile.submit(0ns);
    }
    const auto kernel = other.submit(1ms);
    rig.device->run(start);
    rig.device->run(start + 10ms);
    EXPECT_LE(other.end_of(kernel), start + 1ms + 64us);
}

TEST(HostileClient, stops_only_itself_with_a_kernel_without_end) {
    DeviceRig rig;
    ClientQueue& hostile = rig.add_queue(first);
    ClientQueue& other = rig.add_queue(second);
    const auto endless = hostile.submit({.duration_ns = ~0ULL});
    const auto kernel = other.submit(1ms);
    rig.device->run(start);
    rig.device->run(start + 20s);
    EXPECT_EQ(other.end_of(kernel), start + 2ms);
    EXPECT_EQ(hostile.end_of(endless), start + 10s + 1ms);
}

TEST(HostileClient, idles_with_senseless_counters_and_recovers_when_they_make_sense) {
    DeviceRig rig({.poll_period = 100us});
    ClientQueue& queue = rig.add_queue(first);
    const auto kernel = queue.submit(1ms);
    queue.put(queue.write_address(), ~0ULL);
    EXPECT_EQ(rig.device->run(start), start + 100us);
    EXPECT_EQ(queue.read_id(), 0U);
    queue.put(queue.write_address(), std::uint64_t{1});
    rig.device->run(start + 1ms);
    rig.device->run(start + 9ms);
    EXPECT_EQ(queue.end_of(kernel), start + 2ms);
}

TEST(HostileClient, loses_only_its_own_completion_when_it_unmaps_its_memory) {
    DeviceRig rig;
    ClientQueue& queue = rig.add_queue(first);
    queue.submit(1ms);
    queue.submit(1ms);
    rig.device->run(start);
    for (const std::uint64_t part : {queue.signals(), queue.ring(), queue.counters()}) {
        rig.memory.unmap(first.tgid, part);
    }
    rig.device->run(start + 5ms);
    EXPECT_EQ(rig.device->counters().kernels, 1U);
}

TEST(HostileClient, launches_nothing_from_a_ring_that_it_may_not_write) {
    DeviceRig rig;
    ClientQueue& queue = rig.add_queue(first);
    queue.submit(1ms);
    rig.memory.protect(first.tgid, queue.ring());
    rig.device->run(start);
    rig.device->run(start + 5ms);
    EXPECT_EQ(rig.device->counters().packets, 0U);
}

TEST(HostileClient, can_not_make_the_device_follow_a_signal_into_its_own_ring) {
    DeviceRig rig;
    ClientQueue& queue = rig.add_queue(first);
    aql::KernelDispatch packet;
    packet.header = static_cast<std::uint16_t>(aql::PacketType::kernel_dispatch);
    packet.completion_signal = queue.ring();
    queue.publish(packet);
    rig.device->run(start);
    rig.device->run(start + 5ms);
    EXPECT_EQ(rig.device->counters().kernels, 1U);
}

// Whole address spaces of noise, in which every pointer is as likely to hit as to miss.
class NoisyClient {
  public:
    NoisyClient(FakeMemory& memory, std::mt19937_64& random) : memory_(&memory), random_(&random) {
        memory.map(first.tgid, base, bytes);
    }

    void scribble() {
        for (std::uint64_t at = 0; at < bytes; at += sizeof(std::uint64_t)) {
            memory_->put(first.tgid, base + at, at < counters ? (*random_)() % 20 : word());
        }
    }

    [[nodiscard]] QueueSetup setup(std::uint32_t number) {
        const auto pick = [this] { return base + (*random_)() % (bytes + 512) / 8 * 8; };
        const auto pick_counter = [&] {
            return (*random_)() % 4 == 0 ? pick() : base + (*random_)() % counters / 8 * 8;
        };
        return {.name = {.tgid = first.tgid, .number = number},
                .type = static_cast<std::uint32_t>((*random_)() % 8 == 0 ? 1 : 2),
                .ring_address = pick() / 64 * 64,
                .ring_bytes = static_cast<std::uint32_t>(64U << (*random_)() % 9),
                .write_address = pick_counter(),
                .read_address = pick_counter(),
                .percentage = static_cast<std::uint32_t>((*random_)() % 4 * 33)};
    }

  private:
    static constexpr std::uint64_t base = 0x10000;
    static constexpr std::uint64_t bytes = 16384;
    static constexpr std::uint64_t counters = 256;  // Where small numbers make sense more often.

    std::uint64_t word() {
        switch ((*random_)() % 5) {
            case 0:
                return (*random_)() % 6;  // A small counter, or a header.
            case 1:
                return base + (*random_)() % (bytes + 64);
            case 2:
                return synthetic_kernel_object;
            case 3:
                return 0;
            default:
                return (*random_)();
        }
    }

    FakeMemory* memory_;
    std::mt19937_64* random_;
};

TEST(HostileClient, never_breaks_the_bounds_whatever_its_memory_holds) {
    const std::uint64_t seed = std::random_device{}();
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    std::uint64_t packets = 0;
    for (int round = 0; round < 200; ++round) {
        DeviceRig rig({.scheduler = round % 2 == 0 ? Scheduler::hws : Scheduler::mes});
        NoisyClient client(rig.memory, random);
        constexpr std::uint32_t queues = 8;
        TimePoint now = start;
        DeviceCounters before;
        for (int step = 0; step < 50; ++step) {
            client.scribble();
            const QueueName name{.tgid = first.tgid,
                                 .number = static_cast<std::uint32_t>(random() % queues)};
            rig.device->create(client.setup(name.number), now);
            rig.device->update(client.setup((name.number + 1) % queues), now);
            rig.device->suspend(std::span(&name, random() % 2), now);
            rig.device->set_cu_mask(name, static_cast<std::uint32_t>(random()), now);
            before = rig.device->counters();
            now += Duration(random() % 3'000'000);
            EXPECT_GT(rig.device->run(now), now);
            const DeviceCounters after = rig.device->counters();
            EXPECT_LE(after.packets - before.packets, queues * Execution::packets_per_call);
            EXPECT_GE(after.dram_read_bytes, before.dram_read_bytes);
            EXPECT_LE(after.busy, now - start);
            packets += after.packets - before.packets;
        }
    }
    EXPECT_GT(packets, 1000U) << "the noise should also hit";
}

}  // namespace
}  // namespace penstock::emulator
