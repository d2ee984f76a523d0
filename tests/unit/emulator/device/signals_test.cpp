// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/signals.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/emulator/device/fake_memory.h"

namespace penstock::emulator {
namespace {

constexpr std::uint32_t tgid = 7;
constexpr std::uint64_t base = 0x1000;

class SignalsTest : public testing::Test {
  protected:
    SignalsTest() { memory.map(tgid, base, 4096); }

    void complete(std::uint64_t address) {
        complete_signal(
            memory,
            interrupts,
            {.tgid = tgid, .signal_address = address, .start = from_ns(50), .end = from_ns(90)});
    }

    [[nodiscard]] aql::Signal at(std::uint64_t address) {
        return memory.get<aql::Signal>(tgid, address);
    }

    [[nodiscard]] bool passes(aql::PacketType type, std::vector<std::uint64_t> dependencies) {
        aql::Barrier barrier;
        std::ranges::copy(dependencies, barrier.dependencies);
        return barrier_passes(memory, tgid, type, barrier);
    }

    FakeMemory memory;
    FakeInterrupts interrupts;
};

TEST_F(SignalsTest, are_decremented_and_stamped) {
    memory.put(tgid, base, aql::Signal{.value = 3});
    complete(base);
    EXPECT_EQ(at(base).value, 2);
    EXPECT_EQ(at(base).start_ts, 50U);
    EXPECT_EQ(at(base).end_ts, 90U);
    EXPECT_TRUE(interrupts.raised.empty());
}

TEST_F(SignalsTest, wake_the_waiters_of_their_event) {
    memory.put(
        tgid, base, aql::Signal{.value = 1, .event_mailbox_ptr = base + 0x100, .event_id = 42});
    complete(base);
    EXPECT_EQ(memory.get<std::uint64_t>(tgid, base + 0x100), 42U);
    ASSERT_EQ(interrupts.raised.size(), 1U);
    EXPECT_EQ(interrupts.raised[0], std::pair(tgid, 42U));
}

TEST_F(SignalsTest, raise_nothing_through_a_mailbox_that_is_not_there) {
    for (const std::uint64_t mailbox : {std::uint64_t{0xdead0000}, base + 0x101}) {
        memory.put(
            tgid, base, aql::Signal{.value = 1, .event_mailbox_ptr = mailbox, .event_id = 42});
        complete(base);
        EXPECT_EQ(at(base).value, 0);
    }
    EXPECT_TRUE(interrupts.raised.empty());
}

TEST_F(SignalsTest, may_hold_the_smallest_number_there_is) {
    memory.put(tgid, base, aql::Signal{.value = std::numeric_limits<std::int64_t>::min()});
    complete(base);
    EXPECT_EQ(at(base).value, std::numeric_limits<std::int64_t>::max());
}

TEST_F(SignalsTest, are_left_alone_where_they_can_not_be) {
    memory.put(tgid, base, aql::Signal{.value = 1});
    complete(0);
    complete(base + 4);
    complete(0xdead0000);
    complete(base + 4096 - 8);
    EXPECT_EQ(at(base).value, 1);
    memory.protect(tgid, base);
    complete(base);
    EXPECT_EQ(at(base).value, 1);
}

TEST_F(SignalsTest, let_a_barrier_and_pass_when_all_are_zero) {
    memory.put(tgid, base, aql::Signal{.value = 0});
    memory.put(tgid, base + 64, aql::Signal{.value = 1});
    EXPECT_TRUE(passes(aql::PacketType::barrier_and, {}));
    EXPECT_TRUE(passes(aql::PacketType::barrier_and, {base, 0, base}));
    EXPECT_FALSE(passes(aql::PacketType::barrier_and, {base, base + 64}));
}

TEST_F(SignalsTest, let_a_barrier_or_pass_when_any_is_zero) {
    memory.put(tgid, base, aql::Signal{.value = 0});
    memory.put(tgid, base + 64, aql::Signal{.value = 1});
    EXPECT_TRUE(passes(aql::PacketType::barrier_or, {}));
    EXPECT_TRUE(passes(aql::PacketType::barrier_or, {base + 64, base}));
    EXPECT_FALSE(passes(aql::PacketType::barrier_or, {base + 64}));
}

TEST_F(SignalsTest, hold_a_barrier_when_they_can_not_be_read) {
    EXPECT_FALSE(passes(aql::PacketType::barrier_and, {0xdead0000}));
    EXPECT_FALSE(passes(aql::PacketType::barrier_or, {base + 3}));
}

}  // namespace
}  // namespace penstock::emulator
