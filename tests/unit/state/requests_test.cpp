// SPDX-License-Identifier: Apache-2.0
//
// Clients ask for changes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/state/machine_state.h"
#include "tests/fakes/happenings.h"

namespace penstock {
namespace {

using fakes::adopted;
using fakes::key;
using fakes::owner_appears;
using fakes::queue_appears;
using testing::HasSubstr;
using namespace std::chrono_literals;

// One suspendable owner with one queue; its pid is 1001.
MachineState with_one_owner() {
    MachineState state;
    state.absorb({.queue_events = {owner_appears(1), queue_appears(key(1, 0))},
                  .gate_news = {adopted(1, PreemptionLevel::debug_suspend)}},
                 TimePoint(1s));
    return state;
}

Choices priority_of(std::int32_t priority) {
    return {.priority = {{.value = priority, .source = "dbus:0"}}};
}

const Owner& only_owner(const MachineState& state) {
    return state.snapshot().owners.at(0);
}

TEST(MachineStateRequests, sets_a_priority_at_once) {
    MachineState state = with_one_owner();
    for (const std::int32_t priority : {-20, 0, 20}) {
        ASSERT_TRUE(state.choose(1001, priority_of(priority)));
        EXPECT_EQ(only_owner(state).priority, priority);
        EXPECT_EQ(only_owner(state).priority_source, "dbus:0");
    }
}

TEST(MachineStateRequests, note_where_a_process_comes_from_by_now) {
    MachineState state = with_one_owner();
    const ProcessOrigin moved{
        .executable = "/usr/bin/b", .control_group = "/b.slice", .unit = "b.scope"};
    state.note_origin(OwnerId{1}, moved);
    state.note_origin(OwnerId{2}, {});
    EXPECT_EQ(only_owner(state).origin, moved);
}

TEST(MachineStateRequests, takes_back_what_clients_set_and_nothing_else) {
    MachineState state = with_one_owner();
    Choices ruled = terms_of(Owner());
    ruled.weight = {{.value = 300, .source = "rule:50.conf"}};
    ASSERT_TRUE(state.choose(1001,
                             {.priority = {{.value = 5, .source = "dbus:0"}},
                              .preemptible = {{.value = false, .source = "dbus:0"}},
                              .weight = {{.value = 7, .source = "dbus:1000"}},
                              .cost = {{.value = 1ms, .source = "rule:60.conf"}}}));
    const Result<Choices> back = state.reset(1001, ruled);
    ASSERT_TRUE(back);
    EXPECT_EQ(*back,
              (Choices{.priority = {{.value = 0, .source = "default"}}, .weight = ruled.weight}));
    EXPECT_EQ(only_owner(state).priority, 0);
    EXPECT_EQ(only_owner(state).weight, 300U);
    EXPECT_EQ(only_owner(state).weight_source, "rule:50.conf");
    EXPECT_EQ(only_owner(state).cost, Duration(1ms));
    EXPECT_FALSE(only_owner(state).preemptible);
    EXPECT_FALSE(state.reset(4, ruled));
}

TEST(MachineStateRequests, refuses_a_priority_out_of_range) {
    MachineState state = with_one_owner();
    for (const std::int32_t priority : {-21, 21}) {
        EXPECT_FALSE(state.choose(1001, priority_of(priority)));
    }
    EXPECT_EQ(state.choose(1001, priority_of(99)).error().message(),
              "the priority is out of range");
    EXPECT_EQ(only_owner(state).priority, 0);
}

TEST(MachineStateRequests, sets_all_terms_at_once_or_none) {
    MachineState state = with_one_owner();
    Choices wanted{.weight = {{.value = 10'000, .source = "dbus:0"}},
                   .service_class = {{.value = ServiceClass::idle, .source = "dbus:1"}},
                   .deadline = {{.value = 1h, .source = "dbus:2"}},
                   .cost = {{.value = 5ms, .source = "dbus:3"}}};
    ASSERT_TRUE(state.choose(1001, wanted));
    EXPECT_EQ(only_owner(state).weight, 10'000U);
    EXPECT_EQ(only_owner(state).service_class, ServiceClass::idle);
    EXPECT_EQ(only_owner(state).class_source, "dbus:1");
    EXPECT_EQ(only_owner(state).deadline, 1h);
    EXPECT_EQ(only_owner(state).deadline_source, "dbus:2");
    EXPECT_EQ(only_owner(state).cost, 5ms);
    EXPECT_EQ(only_owner(state).priority_source, "default");

    wanted.weight->value = 1;
    for (const Duration wrong : {Duration(-1ns), Duration(1h + 1ns)}) {
        wanted.cost->value = wrong;
        EXPECT_EQ(state.choose(1001, wanted).error().message(), "the cost is out of range");
    }
    EXPECT_FALSE(state.choose(1001, {.weight = {{.value = 0}}}));
    EXPECT_FALSE(state.choose(1001, {.weight = {{.value = 10'001}}}));
    EXPECT_EQ(only_owner(state).weight, 10'000U);
}

TEST(MachineStateRequests, refuses_every_request_for_a_process_without_queues) {
    MachineState state = with_one_owner();
    const std::string sentence = "no process with pid 4 has queues";
    EXPECT_EQ(state.choose(4, priority_of(1)).error().message(), sentence);
    EXPECT_EQ(state.hold(4, TimePoint(2s)).error().message(), sentence);
    EXPECT_EQ(state.let_go(4).error().message(), sentence);
}

TEST(MachineStateRequests, means_the_latest_process_with_a_pid) {
    MachineState state = with_one_owner();
    state.absorb({.queue_events = {OwnerAppeared{{.id = OwnerId{2}, .pid = 1001}}}}, TimePoint(2s));
    ASSERT_TRUE(state.choose(1001, priority_of(5)));
    EXPECT_EQ(state.snapshot().owners.at(0).priority, 0);
    EXPECT_EQ(state.snapshot().owners.at(1).priority, 5);
}

TEST(MachineStateRequests, holds_a_process_until_the_time_has_come) {
    MachineState state = with_one_owner();
    ASSERT_TRUE(state.hold(1001, TimePoint(3s)));
    state.absorb({}, TimePoint(2999ms));
    EXPECT_EQ(only_owner(state).held_until, TimePoint(3s));
    state.absorb({}, TimePoint(3s));
    EXPECT_EQ(only_owner(state).held_until, std::nullopt);
}

TEST(MachineStateRequests, lets_go_on_request) {
    MachineState state = with_one_owner();
    ASSERT_TRUE(state.hold(1001, TimePoint(3s)));
    ASSERT_TRUE(state.let_go(1001));
    EXPECT_EQ(only_owner(state).held_until, std::nullopt);
    EXPECT_TRUE(state.let_go(1001)) << "letting go twice is no failure";

    ASSERT_TRUE(state.hold(1001, TimePoint(3s)));
    state.let_all_go();
    EXPECT_EQ(only_owner(state).held_until, std::nullopt);
}

TEST(MachineStateRequests, that_exempt_a_process_end_its_hold_and_refuse_the_next) {
    MachineState state = with_one_owner();
    ASSERT_TRUE(state.hold(1001, TimePoint(3s)));
    ASSERT_TRUE(state.choose(1001, {.preemptible = {{.value = false, .source = "dbus:0"}}}));
    EXPECT_EQ(only_owner(state).held_until, std::nullopt);
    EXPECT_EQ(only_owner(state).preemptible_source, "dbus:0");
    EXPECT_THAT(state.hold(1001, TimePoint(4s)).error().message(), HasSubstr("exempt"));
    ASSERT_TRUE(state.choose(1001, {.preemptible = {{.value = true, .source = "dbus:0"}}}));
    EXPECT_TRUE(state.hold(1001, TimePoint(4s)));
    EXPECT_FALSE(state.choose(4, {.preemptible = {{.value = false, .source = "dbus:0"}}}));
}

TEST(MachineStateRequests, refuses_a_hold_that_would_do_nothing) {
    MachineState state = with_one_owner();
    state.enable_preemption(false);
    EXPECT_EQ(state.hold(1001, TimePoint(3s)).error().message(), "preemption is disabled");

    state.enable_preemption(true);
    state.set_dry_run(true);
    EXPECT_EQ(state.hold(1001, TimePoint(3s)).error().message(),
              "nothing is suspended in a dry run");
    state.set_dry_run(false);
    state.absorb({.gate_news = {adopted(1, PreemptionLevel::none)}}, TimePoint(2s));
    EXPECT_EQ(state.hold(1001, TimePoint(3s)).error().message(),
              "process 1001 can not be suspended: as probed");
}

TEST(MachineStateRequests, says_so_when_the_gate_has_not_spoken_yet) {
    MachineState state;
    state.absorb({.queue_events = {owner_appears(1)}}, TimePoint(1s));
    EXPECT_EQ(state.hold(1001, TimePoint(3s)).error().message(),
              "process 1001 can not be suspended: the gate has not taken it over");
}

}  // namespace
}  // namespace penstock
