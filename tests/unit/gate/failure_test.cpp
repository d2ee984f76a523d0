// SPDX-License-Identifier: Apache-2.0
//
// What the gate does when the driver, an owner or the agent does not play along.

#include <gmock/gmock.h>

#include "tests/unit/gate/machine.h"

namespace penstock::gate {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Failures : public GateOnAMachine {
  protected:
    Failures() {
        begin();
        mailbox.letters.clear();
    }
};

TEST_F(Failures, a_failed_suspend_is_reported_and_tried_again_later) {
    driver.suspend_error = EBUSY;
    contend();
    ASSERT_THAT(mailbox.all<wire::Acted>(), SizeIs(1));
    EXPECT_EQ(mailbox.all<wire::Acted>()[0].error, EBUSY);
    EXPECT_EQ(mailbox.all<wire::Acted>()[0].queues, 0U);

    driver.suspend_error = 0;
    live(100ms);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
}

TEST_F(Failures, a_suspend_that_can_never_work_ends_the_attachment) {
    driver.suspend_error = ESRCH;
    contend();

    EXPECT_THAT(tracer.held, Not(Contains(static_cast<pid_t>(patient_pid))));
    EXPECT_FALSE(driver.processes[patient_pid].enabled);
    const auto adopted = mailbox.all<wire::Adopted>();
    ASSERT_THAT(adopted, SizeIs(1));
    EXPECT_EQ(adopted[0].owner, patient);
    EXPECT_EQ(adopted[0].level, PreemptionLevel::none);
    EXPECT_THAT(adopted[0].reason, HasSubstr("No such process"));
}

TEST_F(Failures, a_program_that_ended_its_runtime_is_let_go) {
    driver.suspend_error = EPERM;
    contend();
    const auto adopted = mailbox.all<wire::Adopted>();
    ASSERT_THAT(adopted, SizeIs(1));
    EXPECT_THAT(adopted[0].reason, HasSubstr("has disabled its runtime debug interface"));
}

TEST_F(Failures, an_unsuspendable_owner_still_makes_others_yield) {
    driver.suspend_error = EPERM;
    submit(urgent_pid, 0, 1);
    submit(patient_pid, 1, 1);
    driver.suspend_error = 0;
    adopt(patient, patient_pid);
    live(100ms);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
}

TEST_F(Failures, a_hardware_failure_is_an_error_and_leaves_nobody_half_suspended) {
    driver.hardware_fails = true;
    contend();
    EXPECT_EQ(mailbox.all<wire::Acted>()[0].error, EIO);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Failures, a_half_suspended_owner_that_can_not_be_resumed_is_let_go) {
    driver.hardware_fails = true;
    driver.resume_error = EBUSY;
    contend();
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_EQ(mailbox.all<wire::Adopted>().back().level, PreemptionLevel::none);
}

TEST_F(Failures, a_failed_resume_that_may_pass_is_tried_again) {
    contend();
    driver.resume_error = EBUSY;
    tell(wire::Order{{.gpu = gpu}});
    ASSERT_THAT(suspended(patient_pid), ElementsAre(1));
    driver.resume_error = 0;
    live(10ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Failures, a_failed_resume_that_stays_ends_the_attachment_which_resumes) {
    contend();
    driver.resume_error = EIO;
    tell(wire::Order{{.gpu = gpu}});
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_FALSE(driver.processes[patient_pid].enabled);
    const auto acted = mailbox.all<wire::Acted>();
    EXPECT_EQ(acted.back().verb, Verb::resume);
    EXPECT_EQ(acted.back().error, 0);
}

TEST_F(Failures, a_queue_that_appears_while_its_owner_is_suspended_is_suspended_too) {
    contend();
    driver.add_queue(patient_pid, 2);
    driver.processes[patient_pid].new_queues = {2};
    driver.processes[patient_pid].events = {{.exceptions = kfd::exception_queue_new, .queue = 2}};
    core.attend(wakeups.watched.back(), now);

    EXPECT_THAT(suspended(patient_pid), ElementsAre(1, 2));
    ASSERT_THAT(mailbox.all<wire::FoundQueue>(), SizeIs(1));
    EXPECT_EQ(mailbox.all<wire::FoundQueue>()[0].queue.key.number, 2U);
}

TEST_F(Failures, a_queue_that_the_agent_learns_of_first_is_suspended_too) {
    contend();
    driver.add_queue(patient_pid, 2);
    driver.processes[patient_pid].new_queues = {2};
    tell(wire::AddQueue{queue_of(patient, 2)});
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1, 2));
}

TEST_F(Failures, a_new_queue_that_can_not_be_suspended_lets_the_whole_owner_run) {
    contend();
    driver.add_queue(patient_pid, 2);
    driver.suspend_error = EBUSY;
    tell(wire::AddQueue{queue_of(patient, 2)});
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_EQ(mailbox.all<wire::Acted>().back().verb, Verb::resume);
}

TEST_F(Failures, a_queue_destroyed_while_suspended_is_forgotten) {
    driver.add_queue(patient_pid, 2);
    tell(wire::AddQueue{queue_of(patient, 2)});
    contend();
    ASSERT_THAT(suspended(patient_pid), ElementsAre(1, 2));

    driver.processes[patient_pid].queues.pop_back();
    tell(wire::RemoveQueue{{.owner = patient, .gpu = gpu, .number = 2}});
    tell(wire::Order{{.gpu = gpu}});
    EXPECT_THAT(suspended(patient_pid), Not(Contains(1)));
    EXPECT_EQ(mailbox.all<wire::Acted>().back().error, 0);
}

TEST_F(Failures, a_runtime_that_waits_is_answered) {
    driver.processes[patient_pid].events = {{.exceptions = kfd::exception_process_runtime}};
    core.attend(wakeups.watched.back(), now);
    EXPECT_EQ(driver.processes[patient_pid].runtime_answers, 1);
}

TEST_F(Failures, a_runtime_that_waits_is_answered_before_it_is_let_go) {
    driver.processes[patient_pid].events = {{.exceptions = kfd::exception_process_runtime}};
    tell(wire::Release{.owner = patient});
    EXPECT_EQ(driver.processes[patient_pid].runtime_answers, 1);
    EXPECT_FALSE(driver.processes[patient_pid].enabled);
}

TEST_F(Failures, a_process_that_the_driver_no_longer_debugs_loses_its_rung_at_once) {
    const int events = wakeups.watched.at(3);  // Of pidfd and events of both, in this order.
    driver.processes[patient_pid].event_pipe.reset();
    core.attend(events, now);
    EXPECT_EQ(mailbox.all<wire::Adopted>().back().owner, patient);
    EXPECT_EQ(mailbox.all<wire::Adopted>().back().level, PreemptionLevel::none);
    EXPECT_THAT(mailbox.all<wire::Adopted>().back().reason, HasSubstr("runs another program"));
}

TEST_F(Failures, release_resumes_and_detaches) {
    contend();
    tell(wire::Release{.owner = patient});
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_THAT(tracer.held, ElementsAre(static_cast<pid_t>(urgent_pid)));
    tell(wire::Release{.owner = patient});  // Again, for one that is not there.
}

TEST_F(Failures, resume_all_forgets_orders_and_answers_with_the_number_of_queues) {
    driver.add_queue(patient_pid, 2);
    tell(wire::AddQueue{queue_of(patient, 2)});
    contend();
    tell(wire::ResumeAll{.serial = 42});

    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    ASSERT_THAT(mailbox.all<wire::AllResumed>(), SizeIs(1));
    EXPECT_EQ(mailbox.all<wire::AllResumed>()[0].serial, 42U);
    EXPECT_EQ(mailbox.all<wire::AllResumed>()[0].queues, 2U);

    submit(urgent_pid, 0, 2);
    live(100ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty()) << "no order stands any more";
}

TEST_F(Failures, resume_all_that_fails_lets_the_owner_go_which_resumes) {
    contend();
    driver.resume_error = EIO;
    tell(wire::ResumeAll{.serial = 1});
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_THAT(mailbox.all<wire::AllResumed>(), SizeIs(1));
}

TEST_F(Failures, an_order_after_resume_all_takes_hold_again) {
    contend();
    tell(wire::ResumeAll{.serial = 1});
    tell(wire::Order{order()});
    submit(patient_pid, 1, 2);
    submit(urgent_pid, 0, 2);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
}

TEST_F(Failures, leaving_resumes_and_detaches_everybody) {
    contend();
    core.leave();
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_THAT(tracer.held, IsEmpty());
    EXPECT_FALSE(driver.processes[patient_pid].enabled);
    EXPECT_FALSE(driver.processes[urgent_pid].enabled);
}

TEST_F(Failures, the_death_of_the_urgent_owner_lets_the_others_run) {
    contend();
    tracer.ended = {static_cast<pid_t>(urgent_pid)};
    core.attend_traced(now);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Failures, the_death_of_a_suspended_owner_is_no_news_and_frees_its_place) {
    contend();
    mailbox.letters.clear();
    processes.dead = {static_cast<pid_t>(patient_pid)};
    tracer.ended = {static_cast<pid_t>(patient_pid)};
    core.attend_traced(now);
    EXPECT_THAT(mailbox.letters, IsEmpty());
    EXPECT_THAT(tracer.held, ElementsAre(static_cast<pid_t>(urgent_pid)));
}

TEST_F(Failures, a_readable_pidfd_of_a_living_owner_is_taken_for_a_stale_event) {
    contend();
    core.attend(wakeups.watched.front(), now);  // The first watched is the urgent one's pidfd.
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
    processes.dead = {static_cast<pid_t>(urgent_pid)};
    core.attend(wakeups.watched.front(), now);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Failures, samples_show_every_queue_and_mark_the_unreadable) {
    set(urgent_pid, 1, {.written = 9, .read = 4});
    processes.memories[patient_pid].clear();
    tell(wire::TakeSamples{.serial = 3});

    const auto sampled = mailbox.all<wire::Sampled>();
    ASSERT_THAT(sampled, SizeIs(1));
    ASSERT_THAT(sampled[0].queues, SizeIs(2));
    EXPECT_EQ(sampled[0].serial, 3U);
    EXPECT_TRUE(sampled[0].queues[0].known);
    EXPECT_EQ(sampled[0].queues[0].written, 9U);
    EXPECT_EQ(sampled[0].queues[0].read, 4U);
    EXPECT_FALSE(sampled[0].queues[1].known);
}

TEST_F(Failures, an_order_for_strangers_is_followed_as_far_as_possible) {
    DeviceOrder strange = order();
    strange.owners.push_back({.owner = {99}, .rank = -5, .held_until = now + 1s});
    tell(wire::Order{strange});
    contend();
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
    live(3s);
}

TEST_F(Failures, a_ping_is_answered) {
    tell(wire::Ping{.serial = 11});
    ASSERT_THAT(mailbox.all<wire::Pong>(), SizeIs(1));
    EXPECT_EQ(mailbox.all<wire::Pong>()[0].serial, 11U);
}

TEST_F(Failures, devices_beyond_the_limit_are_refused) {
    for (std::uint32_t device = 1; device <= most_devices + 1; ++device) {
        tell(wire::Order{{.gpu = {device}}});
    }
    EXPECT_THAT(mailbox.all<wire::Said>(), SizeIs(1));
}

}  // namespace
}  // namespace penstock::gate
