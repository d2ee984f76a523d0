// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/cooperative_rung.h"

#include <gmock/gmock.h>

#include <cerrno>

#include "tests/unit/cooperation/wire_end.h"
#include "tests/unit/gate/fakes.h"

namespace penstock::gate {
namespace {

using client::Ability;
using testing::HasSubstr;
using Wire = client::Verb;

constexpr GpuId gpu{51};
constexpr std::uint32_t everything = 0xf;

std::uint32_t bits(Ability one) {
    return static_cast<std::uint32_t>(one);
}

class CooperatingClient : public testing::Test {
  protected:
    Result<std::unique_ptr<CooperativeRung>> stand_on(std::uint32_t abilities) {
        SocketPair pair;
        client = WireEnd(std::move(pair.theirs));
        return CooperativeRung::make(
            ports,
            {.pid = 70, .pidfd = 0},
            std::move(pair.ours),
            {.abilities = abilities,
             .look = [this](std::uint32_t /*queue*/) { return std::optional(pointers); }});
    }

    void SetUp() override { rung = *stand_on(everything); }

    void suspend_two() {
        std::array<std::uint32_t, 2> queues{1, 2};
        const auto reach = rung->suspend(gpu, queues);
        ASSERT_TRUE(reach);
        EXPECT_EQ(reach->reached, 2U);
    }

    // The next order must be this one.
    client::Order expect(Wire verb) {
        const auto order = client.hear_order();
        EXPECT_TRUE(order) << client::name_of(verb);
        EXPECT_EQ(order ? client::verb_of(*order) : std::nullopt, verb);
        return order.value_or(client::Order{});
    }

    void answer(const client::Order& order, std::int32_t error = 0, std::uint32_t reached = 2) {
        client.say(client::Done{.serial = order.serial, .error = error, .reached = reached});
    }

    std::string lost() { return rung->take_news().lost; }

    TimePoint now = from_ns(1'000'000'000);
    fakes::FakeTracer tracer;
    fakes::FakeProcesses processes;
    fakes::Mailbox mailbox;
    fakes::FakeWakeups wakeups;
    Ports ports{.tracer = tracer,
                .processes = processes,
                .outbox = mailbox,
                .wakeups = wakeups,
                .clock = [this] { return now; }};
    Pointers pointers{.written = 9, .read = 3};  // Of each queue.
    WireEnd client{};
    std::unique_ptr<CooperativeRung> rung{};
};

TEST_F(CooperatingClient, gets_one_order_for_all_its_queues) {
    suspend_two();
    const client::Order order = expect(Wire::suspend);
    EXPECT_EQ(order.gpu_id, gpu.value);
    EXPECT_EQ(order.queue, client::all_queues);
    EXPECT_FALSE(client.hear_order());
    answer(order);
    EXPECT_EQ(lost(), "");
    EXPECT_EQ(rung->deadline(), now + KeptWord::first_gap);
}

TEST_F(CooperatingClient, may_answer_several_orders_at_once) {
    suspend_two();
    std::array<std::uint32_t, 2> queues{1, 2};
    ASSERT_TRUE(rung->resume(gpu, queues));
    answer(expect(Wire::suspend));
    answer(expect(Wire::resume));
    EXPECT_EQ(lost(), "");
    EXPECT_FALSE(rung->deadline());
}

TEST_F(CooperatingClient, that_is_late_loses_the_rung) {
    suspend_two();
    EXPECT_EQ(rung->deadline(), now + std::chrono::milliseconds(client::answer_within_ms));
    now += std::chrono::milliseconds(client::answer_within_ms) - Duration(1);
    EXPECT_EQ(lost(), "");
    now += Duration(1);
    EXPECT_EQ(lost(), "the client has not answered the order to suspend within 100 ms");
}

TEST_F(CooperatingClient, that_answered_in_time_is_not_late_when_it_is_heard) {
    suspend_two();
    answer(expect(Wire::suspend));
    now += std::chrono::seconds(1);
    EXPECT_EQ(lost(), "");
}

TEST_F(CooperatingClient, that_fails_loses_the_rung_with_its_reason) {
    suspend_two();
    answer(expect(Wire::suspend), EIO, 0);
    EXPECT_EQ(lost(), "failed the order to suspend: the client answered: Input/output error");
}

TEST_F(CooperatingClient, that_owns_none_of_the_queues_loses_the_rung) {
    suspend_two();
    answer(expect(Wire::suspend), 0, 0);
    EXPECT_THAT(lost(), HasSubstr("none of the queues"));
}

TEST_F(CooperatingClient, that_answers_what_was_not_asked_loses_the_rung) {
    client.say(client::Done{.serial = 44});
    EXPECT_EQ(lost(), "the client answered order 44, whose turn it was not");
}

TEST_F(CooperatingClient, that_answers_out_of_turn_loses_the_rung) {
    suspend_two();
    suspend_two();
    expect(Wire::suspend);
    answer(expect(Wire::suspend));
    EXPECT_THAT(lost(), HasSubstr("whose turn it was not"));
}

TEST_F(CooperatingClient, that_talks_nonsense_loses_the_rung) {
    client.say(std::array<char, 300>{});
    EXPECT_THAT(lost(), HasSubstr("the client sent a done of 233 bytes; expected 32"));
}

TEST_F(CooperatingClient, that_hangs_up_loses_the_rung) {
    client.close();
    EXPECT_EQ(lost(), "the client has hung up");
    EXPECT_EQ(rung->deadline(), TimePoint{});
}

TEST_F(CooperatingClient, that_has_hung_up_can_not_be_suspended) {
    client.close();
    std::array<std::uint32_t, 1> queues{1};
    const auto reach = rung->suspend(gpu, queues);
    ASSERT_FALSE(reach);
    EXPECT_EQ(reach.error().code, EPIPE);
    EXPECT_EQ(lost(), "the client has hung up");
}

TEST_F(CooperatingClient, that_owes_too_many_answers_loses_the_rung) {
    for (std::size_t i = 0; i < Unanswered::most; ++i) {
        rung->pull(gpu, {.queue_priority = static_cast<std::uint8_t>(i % 2)});
    }
    std::array<std::uint32_t, 1> queues{1};
    const auto reach = rung->suspend(gpu, queues);
    ASSERT_FALSE(reach);
    EXPECT_EQ(reach.error().code, EAGAIN);
    EXPECT_EQ(rung->deadline(), TimePoint{}) << "the loss must be told at once";
    EXPECT_EQ(lost(), "the client owes 64 answers");
}

TEST_F(CooperatingClient, that_does_not_read_never_makes_the_gate_wait) {
    const int small = 1;
    ::setsockopt(rung->events(), SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
    std::string why;
    for (std::size_t i = 0; i <= Unanswered::most && why.empty(); ++i) {
        std::array<std::uint32_t, 1> queues{1};
        const auto reach = rung->suspend(gpu, queues);
        why = reach ? "" : lost();
    }
    EXPECT_EQ(why, "the client does not read its orders");
}

TEST_F(CooperatingClient, that_only_claims_to_have_suspended_loses_the_rung) {
    suspend_two();
    answer(expect(Wire::suspend));
    EXPECT_EQ(lost(), "");
    for (int looks = 0; looks < 2; ++looks) {
        ASSERT_TRUE(rung->deadline());
        now = *rung->deadline();
        ++pointers.read;
        EXPECT_EQ(lost().empty(), looks == 0);
    }
    EXPECT_EQ(lost(), "the client says that it has suspended queue 1, which goes on");
}

TEST_F(CooperatingClient, is_not_doubted_while_it_runs) {
    suspend_two();
    std::array<std::uint32_t, 2> queues{1, 2};
    ASSERT_TRUE(rung->resume(gpu, queues));
    answer(expect(Wire::suspend));
    answer(expect(Wire::resume));
    pointers.read += 5;
    EXPECT_EQ(lost(), "");
    EXPECT_FALSE(rung->deadline());
}

TEST_F(CooperatingClient, gets_levers_only_when_they_change) {
    rung->pull(gpu, {});
    EXPECT_FALSE(client.hear_order());
    rung->pull(gpu, {.queue_priority = 3, .units = {.first = 8, .count = 4}});
    EXPECT_EQ(expect(Wire::set_priority).value, 3U);
    const client::Order units = expect(Wire::set_units);
    EXPECT_EQ(units.value, 8U);
    EXPECT_EQ(units.count, 4U);
    rung->pull(gpu, {.queue_priority = 3, .units = {.first = 8, .count = 4}});
    EXPECT_FALSE(client.hear_order());
    rung->pull(gpu, {});
    EXPECT_EQ(expect(Wire::set_priority).value, client::own_priority);
    EXPECT_EQ(expect(Wire::set_units).count, 0U);
}

TEST_F(CooperatingClient, has_levers_of_its_own_on_each_device) {
    rung->pull(gpu, {.queue_priority = 3});
    rung->pull(GpuId{52}, {.queue_priority = 3});
    EXPECT_EQ(expect(Wire::set_priority).gpu_id, 51U);
    EXPECT_EQ(expect(Wire::set_priority).gpu_id, 52U);
}

TEST_F(CooperatingClient, gets_no_levers_that_it_does_not_have) {
    rung = *stand_on(bits(Ability::save));
    rung->pull(gpu, {.queue_priority = 3, .units = {.first = 8, .count = 4}});
    EXPECT_FALSE(client.hear_order());
}

TEST_F(CooperatingClient, keeps_the_rung_when_only_a_lever_fails) {
    rung->pull(gpu, {.queue_priority = 3, .units = {.first = 8, .count = 4}});
    answer(expect(Wire::set_priority));
    answer(expect(Wire::set_units), EBUSY, 0);
    EXPECT_EQ(lost(), "");
    rung->pull(gpu, {.queue_priority = 4, .units = {.first = 0, .count = 4}});
    EXPECT_EQ(expect(Wire::set_priority).value, 4U);
    EXPECT_FALSE(client.hear_order()) << "the lever that failed is pulled again";
}

TEST_F(CooperatingClient, is_resumed_before_the_connection_ends) {
    suspend_two();
    expect(Wire::suspend);
    rung.reset();
    expect(Wire::resume);
    EXPECT_TRUE(client.hung_up());
}

TEST_F(CooperatingClient, that_runs_is_left_alone_at_the_end) {
    rung.reset();
    EXPECT_TRUE(client.hung_up());
}

TEST_F(CooperatingClient, stands_as_high_as_its_abilities) {
    EXPECT_EQ(rung->level(), PreemptionLevel::cooperative_save);
    rung = *stand_on(bits(Ability::limit_launches));
    EXPECT_EQ(rung->level(), PreemptionLevel::launch_limit);
    EXPECT_FALSE(stand_on(bits(Ability::set_priority)));
    EXPECT_FALSE(stand_on(0));
}

TEST_F(CooperatingClient, is_limited_from_the_start_where_launches_are_all_that_can_be_held) {
    rung = *stand_on(bits(Ability::limit_launches));
    rung->pull(gpu, {});
    EXPECT_EQ(expect(Wire::limit_launches).value, 8U);
    rung->pull(gpu, {});
    EXPECT_FALSE(client.hear_order());
}

TEST_F(CooperatingClient, is_asked_for_compute_queues_only) {
    EXPECT_TRUE(rung->takes(QueueType::compute_aql));
    EXPECT_TRUE(rung->takes(QueueType::compute_pm4));
    EXPECT_FALSE(rung->takes(QueueType::sdma));
    EXPECT_FALSE(rung->takes(QueueType::unknown));
}

TEST_F(CooperatingClient, that_has_ended_gives_no_rung) {
    processes.dead.insert(70);
    const auto none = stand_on(everything);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().message(), "process 70 has ended");
}

class Offer : public CooperatingClient {
  protected:
    Climber climber(std::uint32_t abilities) {
        SocketPair pair;
        client = WireEnd(std::move(pair.theirs));
        Climber made{.target = {.pid = 70, .pidfd = 0}};
        made.cooperation.emplace(std::move(pair.ours), abilities);
        return made;
    }
};

TEST_F(Offer, that_was_not_made_needs_no_explanation) {
    Climber alone{.target = {.pid = 70, .pidfd = 0}};
    EXPECT_EQ(CooperativeRung::make_saving(ports, alone).error().message(), "");
    EXPECT_EQ(CooperativeRung::make_limiting(ports, alone).error().message(), "");
}

TEST_F(Offer, to_save_is_taken_at_the_top) {
    Climber able = climber(everything);
    const auto top = CooperativeRung::make_saving(ports, able);
    ASSERT_TRUE(top);
    EXPECT_EQ((*top)->level(), PreemptionLevel::cooperative_save);
    EXPECT_FALSE(able.cooperation);
}

TEST_F(Offer, to_limit_is_left_for_the_rung_below) {
    Climber limiting = climber(bits(Ability::limit_launches));
    const auto top = CooperativeRung::make_saving(ports, limiting);
    ASSERT_FALSE(top);
    EXPECT_THAT(top.error().message(), HasSubstr("not able to save waves"));
    const auto bottom = CooperativeRung::make_limiting(ports, limiting);
    ASSERT_TRUE(bottom);
    EXPECT_EQ((*bottom)->level(), PreemptionLevel::launch_limit);
}

TEST_F(Offer, to_save_that_was_barred_is_not_taken_as_one_to_limit) {
    Climber able = climber(everything);
    EXPECT_FALSE(CooperativeRung::make_limiting(ports, able));
    EXPECT_TRUE(able.cooperation);
}

TEST_F(Offer, of_levers_alone_is_no_rung) {
    Climber levers = climber(bits(Ability::set_units));
    const auto bottom = CooperativeRung::make_limiting(ports, levers);
    ASSERT_FALSE(bottom);
    EXPECT_THAT(bottom.error().message(), HasSubstr("not able to limit launches"));
}

}  // namespace
}  // namespace penstock::gate
