// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/memory_bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kmod-helpers/emulator/driver/devices.h"
#include "tests/unit/emulator/fake_machine.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::uint64_t gb = 1'000'000'000;
constexpr TimePoint then{5s};

TEST(EmulatedMemory, adds_up_what_programs_say) {
    MemoryBus memory({.peak = 60 * gb});
    EXPECT_TRUE(memory.note("processors a 20000000000\nprocessors b 10000000000\n", then));
    EXPECT_EQ(memory.speed(30 * gb, then), full_bus_speed);
    EXPECT_EQ(memory.speed(90 * gb, then), full_bus_speed / 2);
    EXPECT_EQ(memory.moved_by_processors(90 * gb, then), 15 * gb);
    EXPECT_TRUE(memory.note("processors a 0", then));
    EXPECT_EQ(memory.speed(50 * gb, then), full_bus_speed);
    EXPECT_THAT(memory.text(110 * gb, then), HasSubstr("processors_ask 10000000000\nspeed 0.5\n"));
}

TEST(EmulatedMemory, forgets_whoever_is_silent) {
    MemoryBus memory({.peak = 60 * gb});
    EXPECT_TRUE(memory.note("processors a 60000000000", then));
    EXPECT_EQ(memory.speed(60 * gb, then + 100ms), full_bus_speed / 2);
    EXPECT_EQ(memory.speed(60 * gb, then + 101ms), full_bus_speed);
}

TEST(EmulatedMemory, takes_all_lines_or_none) {
    MemoryBus memory({.peak = 60 * gb});
    for (const char* wrong : {"processors a",
                              "processors a b",
                              "processors a -1",
                              "processors A 1",
                              "processors a/b 1",
                              "processors  1",
                              "devices a 1",
                              "processors a 1000000000000001",
                              "processors aaaaaaaaaabbbbbbbbbbccccccccccddd 1",
                              "processors good 60000000000\nprocessors bad"}) {
        EXPECT_FALSE(memory.note(wrong, then)) << wrong;
    }
    EXPECT_EQ(memory.speed(60 * gb, then), full_bus_speed);
}

TEST(EmulatedMemory, remembers_so_many_programs_and_no_more) {
    MemoryBus memory({.peak = 60 * gb});
    for (std::size_t each = 0; each < MemoryBus::most_programs; ++each) {
        EXPECT_TRUE(memory.note("processors p" + std::to_string(each) + " 1", then));
    }
    EXPECT_FALSE(memory.note("processors more 1", then));
    EXPECT_TRUE(memory.note("processors p0 2", then)) << "it is known";
    EXPECT_TRUE(memory.note("processors more 1", then + 1s)) << "the others are silent";
}

struct Machine {
    Devices devices{SharedBus{.peak = 60 * gb}};
    FakeDevice* apu = add(1, true);
    FakeDevice* card = add(2, false);

    FakeDevice* add(std::uint32_t gpu_id, bool shares) {
        auto device = std::make_unique<FakeDevice>();
        FakeDevice* const added = device.get();
        devices.add({.gpu_id = gpu_id, .has_metrics_v3_0 = shares}, std::move(device));
        return added;
    }
};

TEST(EmulatedMemory, is_that_of_the_processors_and_the_devices_without_their_own) {
    Machine machine;
    machine.apu->demand = 40 * gb;
    machine.card->demand = 1000 * gb;
    machine.devices.create(1, {}, then);
    machine.devices.run(then);
    EXPECT_EQ(machine.apu->memory_speed, full_bus_speed);
    EXPECT_TRUE(machine.devices.memory().note("processors a 40000000000", then));
    machine.devices.run(then + 1ms);
    EXPECT_EQ(machine.apu->memory_speed, full_bus_speed * 3 / 4);
    EXPECT_EQ(machine.card->memory_speed, full_bus_speed);
    EXPECT_NEAR(static_cast<double>(machine.devices.rates(1, then + 1ms).read.value), 30e9, 1e6);
    EXPECT_EQ(machine.devices.rates(2, then + 1ms).read.value, 0U);
    machine.devices.run(then + 200ms);
    EXPECT_EQ(machine.apu->memory_speed, full_bus_speed);
}

}  // namespace
}  // namespace penstock::emulator
