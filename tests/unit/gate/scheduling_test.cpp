// SPDX-License-Identifier: Apache-2.0
//
// What the gate does when pointers move and queues drain.

#include <gmock/gmock.h>

#include "tests/unit/gate/machine.h"

namespace penstock::gate {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Scheduling : public GateOnAMachine {
  protected:
    Scheduling() { begin(); }
};

TEST_F(Scheduling, arms_idle_queues_and_sleeps) {
    EXPECT_THAT(moves.armed, ElementsAre(0, 1));
    EXPECT_EQ(core.next_deadline(), std::nullopt);
    EXPECT_EQ(driver.calls, 0);
}

TEST_F(Scheduling, suspends_the_lower_rank_when_a_pointer_of_the_higher_one_moves) {
    contend();

    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
    EXPECT_THAT(suspended(urgent_pid), IsEmpty());
}

TEST_F(Scheduling, leaves_a_lower_rank_alone_that_has_no_work) {
    submit(urgent_pid, 0, 1);

    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_EQ(driver.calls, 0);
}

TEST_F(Scheduling, reports_whose_move_it_was_and_when_each_step_happened) {
    submit(patient_pid, 1, 1);
    set(urgent_pid, 1, {.written = 5, .read = 4});
    moves.waiting.push_back({.slot = 0, .written = 5, .seen = now - 20us});
    core.take_moves(now);

    const auto acted = mailbox.all<wire::Acted>();
    ASSERT_THAT(acted, SizeIs(1));
    EXPECT_EQ(acted[0].owner, patient);
    EXPECT_EQ(acted[0].verb, Verb::suspend);
    EXPECT_EQ(acted[0].reason, Reason::higher_rank_has_work);
    EXPECT_EQ(acted[0].error, 0);
    EXPECT_EQ(acted[0].queues, 1U);
    EXPECT_EQ(acted[0].cause, urgent);
    EXPECT_EQ(acted[0].written, 5U);
    EXPECT_EQ(acted[0].seen_ns, to_ns(now - 20us));
    EXPECT_EQ(acted[0].woken_ns, to_ns(now));
    EXPECT_EQ(acted[0].entered_ns, to_ns(now));
}

TEST_F(Scheduling, resumes_once_the_higher_rank_has_been_empty_for_the_settle_time) {
    contend();
    set(urgent_pid, 1, {.written = 1, .read = 1});

    pass(1ms);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1)) << "the last packet may still execute";
    live(2ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_EQ(mailbox.all<wire::Acted>().back().reason, Reason::higher_rank_drained);
}

TEST_F(Scheduling, starts_the_settle_time_anew_when_work_came_and_went_between_two_looks) {
    contend();
    set(urgent_pid, 1, {.written = 1, .read = 1});
    pass(1ms);
    set(urgent_pid, 1, {.written = 2, .read = 2});
    pass(900us);
    pass(100us);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
    live(2ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Scheduling, looks_every_millisecond_only_while_somebody_is_suspended) {
    submit(urgent_pid, 0, 1);
    EXPECT_EQ(core.next_deadline(), std::nullopt);
    submit(patient_pid, 1, 1);
    ASSERT_THAT(suspended(patient_pid), ElementsAre(1));
    EXPECT_LE(core.next_deadline(), now + 1ms);

    set(urgent_pid, 1, {.written = 1, .read = 1});
    set(patient_pid, 1, {.written = 1, .read = 1});
    live(10ms);
    EXPECT_EQ(core.next_deadline(), std::nullopt);
}

TEST_F(Scheduling, arms_again_when_an_owner_becomes_idle) {
    contend();
    moves.armed.clear();
    set(urgent_pid, 1, {.written = 1, .read = 1});
    live(5ms);
    EXPECT_THAT(moves.armed, Contains(0));
}

TEST_F(Scheduling, finds_work_that_came_before_the_queue_was_armed_again) {
    contend();
    set(urgent_pid, 1, {.written = 1, .read = 1});
    pass(1ms);
    pass(1ms);
    ASSERT_THAT(suspended(patient_pid), IsEmpty());
    set(patient_pid, 1, {.written = 3, .read = 1});

    // The move itself gets lost; the agent's next request for samples shows it.
    set(urgent_pid, 1, {.written = 2, .read = 1});
    tell(wire::TakeSamples{.serial = 1});
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
}

TEST_F(Scheduling, does_not_read_resting_queues_for_every_sample) {
    const auto sampled = [&] {
        tell(wire::TakeSamples{});
        return mailbox.all<wire::Sampled>().back().queues.at(0).written;
    };
    EXPECT_EQ(sampled(), 0U);
    // BPF would have told of this move; without its word the queue is taken to be at rest …
    set(urgent_pid, 1, {.written = 4, .read = 4});
    for (int i = 1; i < 10; ++i) {
        EXPECT_EQ(sampled(), 0U);
    }
    // … but not for ever.
    EXPECT_EQ(sampled(), 4U);
}

TEST_F(Scheduling, ends_the_longest_suspension_and_keeps_the_run_window) {
    contend();
    live(199ms);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
    live(2ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_EQ(mailbox.all<wire::Acted>().back().reason, Reason::longest_suspension);
    live(18ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    live(3ms);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
}

TEST_F(Scheduling, never_suspends_for_longer_than_ten_seconds_whatever_the_order_says) {
    DeviceOrder endless = order();
    endless.longest_suspension = 3600s;
    tell(wire::Order{endless});
    contend();
    live(9s);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
    live(1010ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Scheduling, never_holds_for_longer_than_two_minutes_even_when_orders_keep_coming) {
    for (int second = 0; second < 119; ++second) {
        DeviceOrder held = order();
        held.owners[1].held_until = now + 1h;
        tell(wire::Order{held});
        live(1s);
        ASSERT_THAT(suspended(patient_pid), ElementsAre(1)) << second;
    }
    live(1100ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_EQ(mailbox.all<wire::Acted>().back().reason, Reason::operator_request);
}

TEST_F(Scheduling, resumes_whom_a_new_order_no_longer_names) {
    contend();
    tell(wire::Order{{.gpu = gpu}});
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Scheduling, follows_an_order_in_parts_when_it_is_whole) {
    contend();
    tell(wire::Order{.order = {.gpu = gpu}, .goes_on = true});
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
    tell(wire::Order{.order = {.gpu = gpu}});
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Scheduling, ignores_moves_of_slots_without_a_queue) {
    submit(patient_pid, 1, 1);
    moves.waiting = {{.slot = 9, .written = 1, .seen = now},
                     {.slot = 0xffffffff, .written = 1, .seen = now}};
    core.take_moves(now);
    EXPECT_EQ(driver.calls, 0);
}

TEST_F(Scheduling, ignores_a_late_move_of_a_removed_queue) {
    submit(patient_pid, 1, 1);
    tell(wire::RemoveQueue{{.owner = urgent, .gpu = gpu, .number = 1}});
    moves.waiting.push_back({.slot = 0, .written = 9, .seen = now});
    core.take_moves(now);
    EXPECT_EQ(driver.calls, 0);
}

TEST_F(Scheduling, takes_the_same_move_twice_without_acting_twice) {
    contend();
    moves.waiting.push_back({.slot = 0, .written = 1, .seen = now});
    core.take_moves(now);
    EXPECT_EQ(driver.calls, 1);
}

TEST_F(Scheduling, takes_more_moves_than_fit_one_batch) {
    submit(patient_pid, 1, 1);
    moves.waiting.assign(200, {.slot = 12, .written = 1, .seen = now});
    submit(urgent_pid, 0, 1);
    EXPECT_THAT(moves.waiting, IsEmpty());
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
}

TEST_F(Scheduling, does_not_let_a_liar_keep_others_suspended) {
    submit(patient_pid, 1, 1);
    set(urgent_pid, 1, {.written = 1'000'000, .read = 0});  // More than its ring can hold.
    moves.waiting.push_back({.slot = 0, .written = 1'000'000, .seen = now});
    core.take_moves(now);
    ASSERT_THAT(suspended(patient_pid), ElementsAre(1));
    live(4ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Scheduling, does_not_let_an_owner_that_unmapped_its_pointers_keep_others_suspended) {
    contend();
    processes.memories[urgent_pid].clear();
    live(4ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Scheduling, keeps_devices_apart) {
    driver.add_queue(patient_pid, 2, 2);
    set(patient_pid, 2, {.written = 3, .read = 1});
    wire::QueueAt elsewhere = queue_of(patient, 2, 2);
    elsewhere.key.gpu = {2};
    tell(wire::AddQueue{elsewhere});
    tell(wire::Order{{.gpu = {2}, .owners = {{.owner = patient, .rank = 0}}}});

    contend();
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
}

TEST_F(Scheduling, suspends_all_queues_of_an_owner_on_a_device_with_one_call) {
    for (const std::uint32_t number : {2U, 3U, 4U}) {
        driver.add_queue(patient_pid, number);
        tell(wire::AddQueue{queue_of(patient, number)});
    }
    contend();
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(driver.calls, 1);
}

TEST_F(Scheduling, samples_queues_without_a_slot_while_their_owner_is_idle) {
    tell(wire::AddQueue{queue_of(urgent, 1)});  // Its slot was taken away.
    submit(patient_pid, 1, 1);
    ASSERT_NE(core.next_deadline(), std::nullopt);
    set(urgent_pid, 1, {.written = 1, .read = 0});
    live(1ms);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
    EXPECT_EQ(mailbox.all<wire::Acted>().back().cause, urgent);
}

TEST_F(Scheduling, sees_a_sampled_packet_that_was_consumed_between_two_looks) {
    tell(wire::AddQueue{queue_of(urgent, 1)});
    submit(patient_pid, 1, 1);
    live(3ms);
    set(urgent_pid, 1, {.written = 1, .read = 1});
    live(1ms);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
}

TEST_F(Scheduling, does_not_sample_queues_that_count_no_packets) {
    wire::QueueAt copies = queue_of(urgent, 5);
    copies.type = QueueType::sdma;
    tell(wire::AddQueue{copies});
    EXPECT_EQ(core.next_deadline(), std::nullopt);
}

TEST_F(Scheduling, never_suspends_copy_queues) {
    driver.add_queue(patient_pid, 5);
    driver.processes[patient_pid].queues.back().queue_type = kfd::queue_type_sdma;
    wire::QueueAt copies = queue_of(patient, 5);
    copies.type = QueueType::sdma;
    tell(wire::AddQueue{copies});
    contend();
    EXPECT_THAT(suspended(patient_pid), Not(Contains(5)));
}

}  // namespace
}  // namespace penstock::gate
