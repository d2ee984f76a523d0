// SPDX-License-Identifier: Apache-2.0
//
// Single queues are held on request, and the gate tells what became of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/state/machine_state.h"
#include "policies/decision.h"
#include "tests/fakes/happenings.h"

namespace penstock {
namespace {

using fakes::acted;
using fakes::adopted;
using fakes::first_gpu;
using fakes::key;
using fakes::owner_appears;
using fakes::queue_appears;
using fakes::queue_vanishes;
using fakes::second_gpu;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr NamedQueue second{.pid = 1001, .gpu = first_gpu, .number = 1};

// One owner with two queues that can be suspended; its pid is 1001.
class QueueHoldRequests : public testing::Test {
  protected:
    QueueHoldRequests() {
        state.absorb(
            {.queue_events = {owner_appears(1), queue_appears(key(1, 0)), queue_appears(key(1, 1))},
             .gate_news = {adopted(1, PreemptionLevel::debug_suspend)}},
            TimePoint(1s));
    }

    // The gate has suspended (resumed) the queue by itself.
    void gate_acts(std::uint32_t queue, Verb verb, Duration when, int error = 0) {
        wire::Acted act = std::get<wire::Acted>(acted(1, verb, when, error));
        act.queue = queue;
        act.reason = Reason::operator_request;
        state.absorb({.gate_news = {act}}, TimePoint(when));
    }

    [[nodiscard]] const Queue& queue(std::size_t place) const {
        return state.snapshot().queues.at(place);
    }

    std::string refusal(const NamedQueue& name) {
        const Result<> held = state.hold(name, TimePoint(3s));
        return held ? "accepted" : held.error().message();
    }

    MachineState state;
};

TEST_F(QueueHoldRequests, hold_one_queue_until_the_time_has_come) {
    ASSERT_TRUE(state.hold(second, TimePoint(3s)));
    EXPECT_EQ(queue(1).held_until, TimePoint(3s));
    EXPECT_EQ(queue(0).held_until, std::nullopt);
    EXPECT_EQ(state.snapshot().owners.at(0).held_until, std::nullopt);
    state.absorb({}, TimePoint(3s));
    EXPECT_EQ(queue(1).held_until, std::nullopt);
}

TEST_F(QueueHoldRequests, let_it_go) {
    ASSERT_TRUE(state.hold(second, TimePoint(3s)));
    ASSERT_TRUE(state.let_go(second));
    EXPECT_EQ(queue(1).held_until, std::nullopt);
    EXPECT_TRUE(state.let_go(second)) << "letting go twice is no failure";
}

TEST_F(QueueHoldRequests, stay_when_the_process_is_let_go_and_end_with_everybodys) {
    ASSERT_TRUE(state.hold(second, TimePoint(3s)));
    ASSERT_TRUE(state.let_go(1001));
    EXPECT_TRUE(queue(1).held_until);
    state.let_all_go();
    EXPECT_FALSE(queue(1).held_until);
}

TEST_F(QueueHoldRequests, end_with_their_queue) {
    ASSERT_TRUE(state.hold(second, TimePoint(3s)));
    state.absorb({.queue_events = {queue_vanishes(key(1, 1)), queue_appears(key(1, 1))}},
                 TimePoint(2s));
    EXPECT_EQ(queue(1).held_until, std::nullopt);
}

TEST_F(QueueHoldRequests, are_refused_for_queues_that_do_not_exist) {
    EXPECT_EQ(refusal({.pid = 1001, .gpu = first_gpu, .number = 7}),
              "process 1001 has no queue 7 on device 4097");
    EXPECT_EQ(refusal({.pid = 1001, .gpu = second_gpu, .number = 1}),
              "process 1001 has no queue 1 on device 4098");
    EXPECT_EQ(refusal({.pid = 4, .gpu = first_gpu}), "no process with pid 4 has queues");
    EXPECT_FALSE(state.let_go({.pid = 1001, .gpu = first_gpu, .number = 7}));
}

TEST_F(QueueHoldRequests, are_refused_where_they_would_do_nothing) {
    state.enable_preemption(false);
    EXPECT_EQ(refusal(second), "preemption is disabled");
    state.enable_preemption(true);
    state.absorb({.gate_news = {adopted(1, PreemptionLevel::process_evict)}}, TimePoint(2s));
    EXPECT_THAT(refusal(second), HasSubstr("rung process-evict, which acts on all queues"));
}

TEST_F(QueueHoldRequests, are_refused_beyond_what_an_order_has_room_for) {
    std::vector<QueueEvent> events;
    for (std::uint32_t number = 2; number <= DeviceOrder::most_held_queues; ++number) {
        events.push_back(queue_appears(key(1, number)));
    }
    state.absorb({.queue_events = events}, TimePoint(1s));
    for (std::uint32_t number = 0; number < DeviceOrder::most_held_queues; ++number) {
        ASSERT_TRUE(state.hold({.pid = 1001, .gpu = first_gpu, .number = number}, TimePoint(3s)));
    }
    EXPECT_EQ(refusal({.pid = 1001, .gpu = first_gpu, .number = 64}),
              "64 queues of device 4097 are held already, which is the limit");
    EXPECT_EQ(refusal(second), "accepted") << "it is held already, and may be for longer";
}

TEST_F(QueueHoldRequests, show_what_the_gate_has_done_and_not_what_was_asked) {
    ASSERT_TRUE(state.hold(second, TimePoint(9s)));
    EXPECT_FALSE(queue(1).alone.suspended);
    gate_acts(1, Verb::suspend, 2s);
    EXPECT_TRUE(queue(1).alone.suspended);
    EXPECT_FALSE(queue(0).alone.suspended);
    EXPECT_FALSE(state.snapshot().owners.at(0).tenures.at(0).suspended);
    gate_acts(1, Verb::resume, 4s);
    EXPECT_FALSE(queue(1).alone.suspended);
    EXPECT_EQ(queue(1).alone.suspended_total, 2s);
    EXPECT_EQ(queue(1).alone.preemptions, 1U);
}

TEST_F(QueueHoldRequests, ignore_failures_and_queues_that_are_gone) {
    gate_acts(1, Verb::suspend, 2s, EIO);
    EXPECT_FALSE(queue(1).alone.suspended);
    gate_acts(77, Verb::suspend, 2s);
}

TEST_F(QueueHoldRequests, are_over_when_their_owner_is_released) {
    gate_acts(1, Verb::suspend, 2s);
    state.absorb({.gate_news = {acted(1, Verb::resume, 3s)}}, TimePoint(3s));
    EXPECT_FALSE(queue(1).alone.suspended);
}

TEST_F(QueueHoldRequests, are_over_when_the_gate_is_gone_but_stay_asked_for) {
    ASSERT_TRUE(state.hold(second, TimePoint(9s)));
    gate_acts(1, Verb::suspend, 2s);
    state.forget_suspensions(TimePoint(3s));
    EXPECT_FALSE(queue(1).alone.suspended);
    EXPECT_EQ(queue(1).held_until, TimePoint(9s));
}

TEST_F(QueueHoldRequests, tell_nothing_of_what_an_owner_costs) {
    state.absorb({.devices = {{.gpu = first_gpu}}}, TimePoint(1s));
    for (int i = 0; i < 9; ++i) {
        gate_acts(1, Verb::suspend, 2s);
        gate_acts(1, Verb::resume, 2s);
    }
    EXPECT_EQ(state.snapshot().devices.at(0).suspend_cost.value, std::nullopt);
}

}  // namespace
}  // namespace penstock
