// SPDX-License-Identifier: Apache-2.0
//
// Owners and queues come and go, and the gate reports.

#include "agent/state/machine_state.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/fakes/happenings.h"

namespace penstock {
namespace {

using fakes::acted;
using fakes::adopted;
using fakes::first_gpu;
using fakes::key;
using fakes::owner_appears;
using fakes::owner_vanishes;
using fakes::queue_appears;
using fakes::queue_vanishes;
using fakes::second_gpu;
using namespace std::chrono_literals;

class MachineStateTest : public ::testing::Test {
  protected:
    const Snapshot& after(Duration when, const Readings& readings) {
        return state_.absorb(readings, TimePoint(when));
    }

    const Snapshot& events(std::vector<QueueEvent> events) {
        return state_.absorb({.queue_events = std::move(events)}, TimePoint(1s));
    }

    const Snapshot& news(std::vector<wire::FromGate> news) {
        return state_.absorb({.gate_news = std::move(news)}, TimePoint(1s));
    }

    const Tenure& tenure() { return state_.snapshot().owners.at(0).tenures.at(0); }

    MachineState state_;
};

TEST_F(MachineStateTest, starts_empty_and_knows_the_time_of_the_last_reading) {
    EXPECT_TRUE(state_.snapshot().owners.empty());
    EXPECT_EQ(after(7ms, {}).now, TimePoint(7ms));
    EXPECT_TRUE(state_.snapshot().preemption_enabled);
}

TEST_F(MachineStateTest, keeps_owners_and_queues_sorted) {
    const Snapshot& seen = events({owner_appears(3),
                                   owner_appears(1),
                                   queue_appears(key(3, 0)),
                                   queue_appears(key(1, 9)),
                                   queue_appears(key(1, 2))});
    EXPECT_TRUE(std::ranges::is_sorted(seen.owners, {}, &Owner::id));
    EXPECT_TRUE(std::ranges::is_sorted(seen.queues, {}, &Queue::key));
    EXPECT_EQ(seen.owners.size(), 2U);
    EXPECT_EQ(seen.queues.size(), 3U);
}

TEST_F(MachineStateTest, takes_a_repeated_owner_for_the_same_one) {
    events({owner_appears(1), queue_appears(key(1, 0))});
    ASSERT_TRUE(state_.choose(1001, {.priority = {{.value = 7, .source = "dbus:0"}}}));
    const Snapshot& seen = events({owner_appears(1)});
    ASSERT_EQ(seen.owners.size(), 1U);
    EXPECT_EQ(seen.owners[0].priority, 7);
}

TEST_F(MachineStateTest, brings_an_inherited_priority_into_range) {
    const Snapshot& seen = events({OwnerAppeared{{.id = OwnerId{1}, .priority = 1000}}});
    EXPECT_EQ(seen.owners.at(0).priority, highest_priority);
}

TEST_F(MachineStateTest, gives_one_tenure_for_each_device_with_queues) {
    const Snapshot& seen = events({owner_appears(1),
                                   queue_appears(key(1, 0, second_gpu)),
                                   queue_appears(key(1, 1, first_gpu)),
                                   queue_appears(key(1, 2, first_gpu))});
    ASSERT_EQ(seen.owners.at(0).tenures.size(), 2U);
    EXPECT_EQ(seen.owners[0].tenures[0].gpu, first_gpu);
    EXPECT_EQ(seen.owners[0].tenures[1].gpu, second_gpu);
}

TEST_F(MachineStateTest, ends_a_tenure_with_the_last_queue_on_the_device) {
    events({owner_appears(1), queue_appears(key(1, 0)), queue_appears(key(1, 1))});
    EXPECT_EQ(events({queue_vanishes(key(1, 0))}).owners.at(0).tenures.size(), 1U);
    EXPECT_TRUE(events({queue_vanishes(key(1, 1))}).owners.at(0).tenures.empty());
    EXPECT_TRUE(state_.snapshot().queues.empty());
}

TEST_F(MachineStateTest, forgets_the_queues_of_a_vanished_owner) {
    events(
        {owner_appears(1), owner_appears(2), queue_appears(key(1, 0)), queue_appears(key(2, 0))});
    const Snapshot& seen = events({owner_vanishes(1), queue_vanishes(key(1, 0))});
    ASSERT_EQ(seen.owners.size(), 1U);
    EXPECT_EQ(seen.owners[0].id, OwnerId{2});
    ASSERT_EQ(seen.queues.size(), 1U);
    EXPECT_EQ(seen.queues[0].key, key(2, 0));
}

TEST_F(MachineStateTest, learns_more_about_a_queue_from_a_second_source) {
    events({owner_appears(1), QueueAppeared{{.key = key(1, 0), .ring_bytes = 4096}}});
    const Snapshot& seen =
        events({QueueAppeared{{.key = key(1, 0), .type = QueueType::compute_aql}}});
    ASSERT_EQ(seen.queues.size(), 1U);
    EXPECT_EQ(seen.queues[0].type, QueueType::compute_aql);
    EXPECT_EQ(seen.queues[0].ring_bytes, 4096U);
}

TEST_F(MachineStateTest, leaves_out_and_counts_queues_of_nobody) {
    const Snapshot& seen = events({queue_appears(key(1, 0))});
    EXPECT_TRUE(seen.queues.empty());
    EXPECT_EQ(seen.ignored, 1U);
}

TEST_F(MachineStateTest, leaves_out_and_counts_owners_beyond_the_limit) {
    std::vector<QueueEvent> crowd;
    for (std::uint64_t id = 1; id <= most_owners + 2; ++id) {
        crowd.push_back(owner_appears(id));
    }
    const Snapshot& seen = events(std::move(crowd));
    EXPECT_EQ(seen.owners.size(), most_owners);
    EXPECT_EQ(seen.ignored, 2U);
}

TEST_F(MachineStateTest, leaves_out_and_counts_queues_beyond_the_limit) {
    std::vector<QueueEvent> crowd{owner_appears(1)};
    for (std::uint32_t number = 0; number < most_queues + 3; ++number) {
        crowd.push_back(queue_appears(key(1, number)));
    }
    const Snapshot& seen = events(std::move(crowd));
    EXPECT_EQ(seen.queues.size(), most_queues);
    EXPECT_EQ(seen.ignored, 3U);
}

TEST_F(MachineStateTest, keeps_why_the_gate_suspended_and_resumed_last) {
    events({owner_appears(1), queue_appears(key(1, 0)), queue_appears(key(1, 1))});
    EXPECT_FALSE(tenure().suspended_for || tenure().resumed_for);
    news({wire::Acted{.owner = OwnerId{1},
                      .gpu = first_gpu,
                      .verb = Verb::suspend,
                      .reason = Reason::turn_of_another,
                      .done_ns = 100}});
    EXPECT_EQ(tenure().suspended_for, Reason::turn_of_another);
    EXPECT_FALSE(tenure().resumed_for);
    news({wire::Acted{.owner = OwnerId{1},
                      .gpu = first_gpu,
                      .verb = Verb::resume,
                      .reason = Reason::longest_suspension,
                      .done_ns = 300},
          wire::Acted{.owner = OwnerId{1},
                      .gpu = first_gpu,
                      .verb = Verb::suspend,
                      .reason = Reason::operator_request,
                      .queue = 1,
                      .done_ns = 400}});
    EXPECT_EQ(tenure().suspended_for, Reason::turn_of_another);
    EXPECT_EQ(tenure().resumed_for, Reason::longest_suspension);
    EXPECT_EQ(tenure().resumed_at, from_ns(300));
    EXPECT_EQ(state_.snapshot().queues.at(1).alone.suspended_for, Reason::operator_request);
    EXPECT_FALSE(state_.snapshot().queues.at(0).alone.suspended_for);
}

TEST_F(MachineStateTest, takes_no_reason_from_what_failed) {
    events({owner_appears(1), queue_appears(key(1, 0))});
    news({wire::Acted{.owner = OwnerId{1},
                      .gpu = first_gpu,
                      .verb = Verb::suspend,
                      .reason = Reason::turn_of_another,
                      .error = 5}});
    EXPECT_FALSE(tenure().suspended_for);
}

TEST_F(MachineStateTest, counts_the_end_of_the_gate_as_a_release) {
    events({owner_appears(1), queue_appears(key(1, 0))});
    news({wire::Acted{.owner = OwnerId{1},
                      .gpu = first_gpu,
                      .verb = Verb::suspend,
                      .reason = Reason::higher_rank_has_work}});
    state_.forget_suspensions(TimePoint(2s));
    EXPECT_EQ(tenure().resumed_for, Reason::release);
    EXPECT_EQ(tenure().resumed_at, TimePoint(2s));
}

TEST_F(MachineStateTest, publishes_the_rung_that_the_gate_found) {
    events({owner_appears(1)});
    const Snapshot& seen = news({adopted(1, PreemptionLevel::debug_suspend)});
    EXPECT_EQ(seen.owners.at(0).level, PreemptionLevel::debug_suspend);
    EXPECT_EQ(seen.owners.at(0).level_reason, "as probed");
}

TEST_F(MachineStateTest, accounts_for_suspensions) {
    events({owner_appears(1), queue_appears(key(1, 0))});
    news({acted(1, Verb::suspend, 10ms)});
    EXPECT_TRUE(tenure().suspended);
    EXPECT_EQ(tenure().suspended_since, TimePoint(10ms));
    EXPECT_EQ(tenure().suspended_total, 0ms);

    news({acted(1, Verb::resume, 14ms), acted(1, Verb::suspend, 20ms)});
    news({acted(1, Verb::resume, 21ms)});
    EXPECT_FALSE(tenure().suspended);
    EXPECT_EQ(tenure().preemptions, 2U);
    EXPECT_EQ(tenure().suspended_total, 5ms);
}

TEST_F(MachineStateTest, counts_neither_failures_nor_repetitions) {
    events({owner_appears(1), queue_appears(key(1, 0))});
    news({acted(1, Verb::suspend, 10ms, EPERM)});
    EXPECT_FALSE(tenure().suspended);
    news({acted(1, Verb::suspend, 10ms), acted(1, Verb::suspend, 11ms)});
    EXPECT_EQ(tenure().preemptions, 1U);
    news({acted(1, Verb::resume, 15ms), acted(1, Verb::resume, 19ms)});
    EXPECT_EQ(tenure().suspended_total, 5ms);
}

TEST_F(MachineStateTest, never_counts_a_suspension_as_negative) {
    events({owner_appears(1), queue_appears(key(1, 0))});
    news({acted(1, Verb::suspend, 10ms), acted(1, Verb::resume, 9ms)});
    EXPECT_EQ(tenure().suspended_total, 0ms);
}

TEST_F(MachineStateTest, ignores_news_of_the_vanished) {
    events({owner_appears(1)});
    const Snapshot& seen = news({acted(1, Verb::suspend, 1ms),
                                 acted(9, Verb::suspend, 1ms),
                                 adopted(9, PreemptionLevel::none),
                                 wire::Sampled{.queues = {{.key = key(9, 0), .known = true}}},
                                 wire::Pong{}});
    EXPECT_TRUE(seen.owners.at(0).tenures.empty());
}

TEST_F(MachineStateTest, takes_the_kernels_word_that_everybody_was_resumed) {
    events({owner_appears(1), queue_appears(key(1, 0))});
    news({acted(1, Verb::suspend, 10ms)});
    state_.forget_suspensions(TimePoint(30ms));
    EXPECT_FALSE(tenure().suspended);
    EXPECT_EQ(tenure().suspended_total, 20ms);
}

TEST_F(MachineStateTest, knows_pointers_only_while_they_can_be_read) {
    events({owner_appears(1), queue_appears(key(1, 0))});
    news({wire::Sampled{.queues = {{.key = key(1, 0), .known = true, .written = 9, .read = 4}}}});
    EXPECT_EQ(state_.snapshot().queues.at(0).occupied_bytes(), 5U * 64);
    news({wire::Sampled{.queues = {{.key = key(1, 0), .known = false}}}});
    EXPECT_EQ(state_.snapshot().queues.at(0).occupied_bytes(), std::nullopt);
}

}  // namespace
}  // namespace penstock
