// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <cerrno>

#include "kmod-helpers/emulator/driver/event_ioctls.h"
#include "tests/unit/emulator/fake_machine.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t client = 100;

class Events : public testing::Test {
  protected:
    void SetUp() override {
        bench.open(client);
        bench.memory.add(wanted);
    }

    std::uint32_t create(bool auto_reset = true) {
        kfd::CreateEvent argument{.auto_reset = auto_reset ? 1U : 0U};
        EXPECT_EQ(bench.call(client, kfd::Nr::create_event, argument), 0);
        EXPECT_NE(argument.event_page_offset, 0U);
        return argument.event_id;
    }

    int named(kfd::Nr nr, std::uint32_t number) {
        kfd::EventNamed argument{.event_id = number};
        return bench.call(client, nr, argument);
    }

    std::uint64_t wait(std::vector<std::uint32_t> numbers,
                       std::uint32_t timeout,
                       bool all = false) {
        for (std::size_t at = 0; at < numbers.size(); ++at) {
            wanted.at(at) = {.event_id = numbers[at]};
        }
        return bench.begin(
            client,
            kfd::Nr::wait_events,
            kfd::WaitEvents{.events_ptr = std::bit_cast<std::uint64_t>(wanted.data()),
                            .num_events = static_cast<std::uint32_t>(numbers.size()),
                            .wait_for_all = all ? 1U : 0U,
                            .timeout = timeout});
    }

    std::uint32_t wait_result_of(std::uint64_t call) {
        kfd::WaitEvents argument;
        const auto& bytes = bench.answers.by_call.at(call).argument;
        std::memcpy(&argument, bytes.data(), sizeof(argument));
        return argument.wait_result;
    }

    static constexpr std::uint32_t for_ever = 0xffffffff;
    DriverBench bench;
    std::array<kfd::EventData, 4> wanted{};
};

TEST_F(Events, wake_their_waiter) {
    const std::uint32_t event = create();
    const std::uint64_t call = wait({event}, for_ever);
    EXPECT_FALSE(bench.result_of(call));
    EXPECT_EQ(named(kfd::Nr::set_event, event), 0);
    bench.pass(0ns);
    EXPECT_EQ(bench.result_of(call), 0);
    EXPECT_EQ(wait_result_of(call), 0U);
}

TEST_F(Events, are_raised_by_a_device) {
    const std::uint32_t event = create();
    const std::uint64_t call = wait({event}, for_ever);
    bench.driver.raise(client, event);
    bench.driver.raise(client, 999);
    bench.driver.raise(777, event);
    bench.pass(0ns);
    EXPECT_EQ(bench.result_of(call), 0);
}

TEST_F(Events, stay_set_for_who_comes_later) {
    const std::uint32_t event = create();
    named(kfd::Nr::set_event, event);
    EXPECT_EQ(bench.result_of(wait({event}, for_ever)), 0);
    EXPECT_FALSE(bench.result_of(wait({event}, for_ever))) << "auto-reset: taken by the first";
}

TEST_F(Events, without_auto_reset_stay_set_until_reset) {
    const std::uint32_t event = create(false);
    named(kfd::Nr::set_event, event);
    EXPECT_EQ(bench.result_of(wait({event}, 0)), 0);
    EXPECT_EQ(wait_result_of(wait({event}, 0)), 0U);
    named(kfd::Nr::reset_event, event);
    EXPECT_EQ(wait_result_of(wait({event}, 0)), 1U);
}

TEST_F(Events, wake_all_who_wait_at_the_moment) {
    const std::uint32_t event = create();
    const std::uint64_t one = wait({event}, for_ever);
    const std::uint64_t two = wait({event}, for_ever);
    named(kfd::Nr::set_event, event);
    bench.pass(0ns);
    EXPECT_TRUE(bench.result_of(one));
    EXPECT_TRUE(bench.result_of(two));
    EXPECT_EQ(wait_result_of(wait({event}, 0)), 1U);
}

TEST_F(Events, time_out_to_the_millisecond) {
    const std::uint64_t call = wait({create()}, 20);
    EXPECT_EQ(bench.driver.run(bench.now), bench.now + 20ms);
    bench.pass(19ms);
    EXPECT_FALSE(bench.result_of(call));
    bench.pass(1ms);
    EXPECT_EQ(bench.result_of(call), 0);
    EXPECT_EQ(wait_result_of(call), 1U);
}

TEST_F(Events, can_be_waited_for_together) {
    const std::uint32_t one = create();
    const std::uint32_t two = create();
    const std::uint64_t all = wait({one, two}, for_ever, true);
    const std::uint64_t any = wait({one, two}, for_ever, false);
    named(kfd::Nr::set_event, two);
    bench.pass(0ns);
    EXPECT_FALSE(bench.result_of(all));
    EXPECT_TRUE(bench.result_of(any));
    named(kfd::Nr::set_event, one);
    bench.pass(0ns);
    EXPECT_TRUE(bench.result_of(all));
}

TEST_F(Events, tell_their_age_so_that_none_is_missed) {
    const std::uint32_t event = create();
    named(kfd::Nr::set_event, event);
    wanted[0] = {.detail = {1}, .event_id = event};
    const std::uint64_t call =
        bench.begin(client,
                    kfd::Nr::wait_events,
                    kfd::WaitEvents{.events_ptr = std::bit_cast<std::uint64_t>(wanted.data()),
                                    .num_events = 1,
                                    .timeout = for_ever});
    EXPECT_TRUE(bench.result_of(call));
    EXPECT_EQ(wanted[0].detail[0], 2U);
}

TEST_F(Events, let_an_interrupted_waiter_go_and_keep_what_it_took) {
    const std::uint32_t one = create();
    const std::uint32_t two = create();
    named(kfd::Nr::set_event, one);
    const std::uint64_t call = wait({one, two}, for_ever, true);
    EXPECT_TRUE(bench.driver.interrupt(call));
    EXPECT_EQ(bench.result_of(call), -EINTR);
    EXPECT_FALSE(bench.driver.interrupt(call));
    EXPECT_EQ(wait_result_of(wait({one}, 0)), 0U);
}

TEST_F(Events, that_are_destroyed_fail_their_waiters) {
    const std::uint32_t event = create();
    const std::uint64_t call = wait({event}, for_ever);
    EXPECT_EQ(named(kfd::Nr::destroy_event, event), 0);
    bench.pass(0ns);
    EXPECT_EQ(bench.result_of(call), -EIO);
    EXPECT_EQ(wait_result_of(call), 2U);
}

TEST_F(Events, that_are_unknown_are_refused) {
    EXPECT_EQ(named(kfd::Nr::set_event, 7), -EINVAL);
    EXPECT_EQ(named(kfd::Nr::reset_event, 7), -EINVAL);
    EXPECT_EQ(named(kfd::Nr::destroy_event, 7), -EINVAL);
    EXPECT_EQ(bench.result_of(wait({7}, for_ever)), -EINVAL);
}

TEST_F(Events, refuse_hostile_waits) {
    kfd::WaitEvents absurd{.num_events = 0xffffffff};
    EXPECT_EQ(bench.call(client, kfd::Nr::wait_events, absurd), -ENOMEM);
    EXPECT_EQ(absurd.wait_result, 2U);
    kfd::WaitEvents unreadable{.events_ptr = 8, .num_events = 5000};
    EXPECT_EQ(bench.call(client, kfd::Nr::wait_events, unreadable), -EFAULT);
    EXPECT_EQ(unreadable.wait_result, 2U);
    kfd::WaitEvents none{.timeout = for_ever};
    EXPECT_EQ(bench.call(client, kfd::Nr::wait_events, none), 0);
}

TEST_F(Events, end_where_the_unmapped_page_does) {
    for (std::uint32_t number = 1; number < signal_slots; ++number) {
        EXPECT_EQ(create(), number);
    }
    kfd::CreateEvent argument;
    EXPECT_EQ(bench.call(client, kfd::Nr::create_event, argument), -ENOSPC);
}

TEST_F(Events, that_reuse_a_number_wake_nobody_who_waits_for_the_first) {
    const std::uint32_t event = create();
    const std::uint64_t call = wait({event}, for_ever);
    EXPECT_EQ(named(kfd::Nr::destroy_event, event), 0);
    EXPECT_EQ(create(), event);
    named(kfd::Nr::set_event, event);
    bench.pass(0ns);
    EXPECT_EQ(bench.result_of(call), -EIO);
}

TEST_F(Events, of_other_types_are_not_for_user_space_to_set) {
    kfd::CreateEvent other{.event_type = 3};
    EXPECT_EQ(bench.call(client, kfd::Nr::create_event, other), 0);
    EXPECT_EQ(other.event_id, 1U << 30);
    EXPECT_EQ(other.event_page_offset, 0U);
    EXPECT_EQ(named(kfd::Nr::set_event, other.event_id), -EINVAL);
    EXPECT_EQ(named(kfd::Nr::reset_event, other.event_id), -EINVAL);
    EXPECT_EQ(named(kfd::Nr::destroy_event, other.event_id), 0);
}

TEST_F(Events, take_no_page_of_a_device) {
    kfd::CreateEvent argument{.event_page_offset = 0x1000};
    EXPECT_EQ(bench.call(client, kfd::Nr::create_event, argument), -EINVAL);
}

TEST_F(Events, tell_no_age_to_who_knows_none) {
    const std::uint32_t event = create();
    named(kfd::Nr::set_event, event);
    EXPECT_TRUE(bench.result_of(wait({event}, for_ever)));
    EXPECT_EQ(wanted[0].detail[0], 0U);
}

TEST_F(Events, answer_the_waits_of_the_dead) {
    const std::uint64_t call = wait({create()}, for_ever);
    bench.driver.died(client, bench.now);
    EXPECT_EQ(bench.result_of(call), -EINTR);
}

}  // namespace
}  // namespace penstock::emulator
