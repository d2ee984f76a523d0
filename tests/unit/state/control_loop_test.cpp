// SPDX-License-Identifier: Apache-2.0

#include "agent/loop/control_loop.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "policies/fixed_priority.h"
#include "policies/observe_only.h"
#include "tests/fakes/happenings.h"
#include "tests/fakes/ports.h"

namespace penstock {
namespace {

using fakes::adopted;
using fakes::first_gpu;
using fakes::key;
using fakes::owner_appears;
using fakes::owner_vanishes;
using fakes::queue_appears;
using fakes::RecordingActuator;
using fakes::RecordingPublisher;
using fakes::ScriptedProbes;
using namespace std::chrono_literals;

// Decides what its test wants, and throws where it wants that.
class Bad final : public Policy {
  public:
    Decision decision{};
    bool throws = false;

    const Decision& decide(const Snapshot& /*snapshot*/) override {
        if (throws) {
            throw std::runtime_error("no idea");
        }
        return decision;
    }
};

class ControlLoopTest : public ::testing::Test {
  protected:
    void SetUp() override {
        probes_.next = {.queue_events = {owner_appears(1),
                                         owner_appears(2),
                                         queue_appears(key(1, 0)),
                                         queue_appears(key(2, 0))},
                        .gate_news = {adopted(1, PreemptionLevel::debug_suspend),
                                      adopted(2, PreemptionLevel::debug_suspend)}};
        loop_.tick(TimePoint(1s));
    }

    const DeviceOrder& last_order() { return actuator_.applied.back().orders.at(0); }

    ScriptedProbes probes_;
    RecordingActuator actuator_;
    RecordingPublisher publisher_;
    ControlLoop loop_{{.probes = probes_, .actuator = actuator_, .publisher = publisher_},
                      std::make_unique<FixedPriority>(FixedPriority::Settings{}),
                      {}};
};

TEST_F(ControlLoopTest, turns_readings_into_standing_orders) {
    ASSERT_EQ(actuator_.applied.size(), 1U);
    const std::vector<RankedOwner> expected{{.owner = OwnerId{1}}, {.owner = OwnerId{2}}};
    EXPECT_EQ(last_order().gpu, first_gpu);
    EXPECT_EQ(last_order().owners, expected);
}

TEST_F(ControlLoopTest, orders_a_changed_priority_with_the_next_tick) {
    ASSERT_TRUE(loop_.state().choose(1002, {.priority = {{.value = 10, .source = "dbus:0"}}}));
    loop_.tick(TimePoint(2s));
    EXPECT_EQ(last_order().owners.at(1).rank, 10);
}

TEST_F(ControlLoopTest, publishes_what_was_seen_and_what_became_of_it) {
    actuator_.answer = {.orders_sent = 3};
    loop_.tick(TimePoint(2s));
    EXPECT_EQ(publisher_.seen.back().now, TimePoint(2s));
    EXPECT_EQ(publisher_.seen.back().owners.size(), 2U);
    EXPECT_EQ(publisher_.outcomes.back().orders_sent, 3U);
}

TEST_F(ControlLoopTest, keeps_going_when_the_gate_can_not_be_reached) {
    actuator_.answer = {.failure = Error{.code = EPIPE, .doing = "send an order"}};
    loop_.tick(TimePoint(2s));
    EXPECT_EQ(publisher_.outcomes.back().failure->message(), "send an order: Broken pipe");
    loop_.tick(TimePoint(3s));
    EXPECT_EQ(actuator_.applied.size(), 3U);
}

TEST_F(ControlLoopTest, orders_nothing_while_preemption_is_disabled) {
    loop_.state().enable_preemption(false);
    loop_.tick(TimePoint(2s));
    EXPECT_EQ(actuator_.applied.back(), Decision{});
    loop_.state().enable_preemption(true);
    loop_.tick(TimePoint(3s));
    EXPECT_EQ(last_order().owners.size(), 2U);
}

TEST_F(ControlLoopTest, decides_in_a_dry_run_and_has_nothing_of_it_carried_out) {
    loop_.state().set_dry_run(true);
    loop_.tick(TimePoint(2s));
    EXPECT_EQ(actuator_.applied.back(), Decision{});
    EXPECT_TRUE(publisher_.seen.back().dry_run);
    EXPECT_EQ(loop_.decision(), actuator_.applied.front());
    loop_.state().set_dry_run(false);
    loop_.tick(TimePoint(3s));
    EXPECT_EQ(actuator_.applied.back(), actuator_.applied.front());
}

TEST_F(ControlLoopTest, trims_what_a_dry_run_would_have_done) {
    loop_.state().set_dry_run(true);
    loop_.follow(std::make_unique<FixedPriority>(FixedPriority::Settings{.settle = 1h}));
    loop_.tick(TimePoint(2s));
    EXPECT_EQ(loop_.decision().orders.at(0).settle, Guard::Limits{}.longest_settle);
}

TEST_F(ControlLoopTest, follows_another_policy_from_the_next_tick_on) {
    loop_.follow(std::make_unique<ObserveOnly>());
    loop_.tick(TimePoint(2s));
    EXPECT_EQ(actuator_.applied.back(), Decision{});
}

TEST_F(ControlLoopTest, lets_no_policy_escape_the_guard) {
    loop_.follow(std::make_unique<FixedPriority>(FixedPriority::Settings{.settle = 1h}));
    loop_.tick(TimePoint(2s));
    EXPECT_EQ(last_order().settle, Guard::Limits{}.longest_settle);
}

TEST_F(ControlLoopTest, stops_naming_a_vanished_owner) {
    probes_.next = {.queue_events = {owner_vanishes(1)}};
    loop_.tick(TimePoint(2s));
    ASSERT_EQ(last_order().owners.size(), 1U);
    EXPECT_EQ(last_order().owners[0].owner, OwnerId{2});
}

TEST_F(ControlLoopTest, tells_what_the_guard_had_to_undo) {
    EXPECT_EQ(publisher_.outcomes.back().fault, std::nullopt);
    auto bad = std::make_unique<Bad>();
    bad->decision.orders = {{.gpu = first_gpu, .owners = {{.owner = OwnerId{9}}}}};
    loop_.follow(std::move(bad));
    loop_.tick(TimePoint(2s));
    EXPECT_EQ(publisher_.outcomes.back().fault,
              (PolicyFault{.kind = FaultKind::stranger, .gpu = first_gpu, .owner = OwnerId{9}}));
    EXPECT_TRUE(last_order().owners.empty());
    loop_.follow(std::make_unique<FixedPriority>(FixedPriority::Settings{}));
    loop_.tick(TimePoint(3s));
    EXPECT_EQ(publisher_.outcomes.back().fault, std::nullopt);
}

TEST_F(ControlLoopTest, lets_everybody_run_when_the_policy_throws_and_goes_on) {
    auto bad = std::make_unique<Bad>();
    bad->throws = true;
    loop_.follow(std::move(bad));
    loop_.tick(TimePoint(2s));
    EXPECT_EQ(publisher_.outcomes.back().fault,
              (PolicyFault{.kind = FaultKind::failed, .why = "no idea"}));
    EXPECT_EQ(actuator_.applied.back(), Decision{});
    loop_.tick(TimePoint(3s));
    EXPECT_EQ(publisher_.seen.back().now, TimePoint(3s));
}

TEST_F(ControlLoopTest, tries_a_policy_out_without_following_it) {
    Bad bad;
    EXPECT_EQ(loop_.try_out(bad), std::nullopt);
    bad.throws = true;
    EXPECT_EQ(loop_.try_out(bad)->kind, FaultKind::failed);
    loop_.tick(TimePoint(2s));
    EXPECT_EQ(last_order().owners.size(), 2U);
}

}  // namespace
}  // namespace penstock
