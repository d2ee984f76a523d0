// SPDX-License-Identifier: Apache-2.0
//
// What the next gate does with the ledger of one that was killed. The processes are real, because
// a pidfd is; the drivers are not.

#include "agent/gate/restoration.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/gate_rungs/stage.h"

namespace penstock::gate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RestorationTest : public fakes::Stage {
  protected:
    RestorationTest() {
        evicts.openers[::getpid()] = {::getpid()};
        evicts.processes[::getpid()] = {.own_pid = us.pid, .paused = true, .evictions = 1};
        vendors.queues.insert({us.pid, 3});
        vendors.preempted.insert({us.pid, 3});
    }

    void leave_process(const Incarnation& process) {
        ledger.leave(*ledger.enter({.undo = Undo::restore_process, .process = process}));
    }

    void leave_queue(const Incarnation& process, std::uint32_t queue) {
        ledger.leave(
            *ledger.enter({.undo = Undo::resume_queue, .process = process, .queue = queue}));
    }

    Restored restore() {
        return restore_all(ledger, {.tracer = tracer, .evict = &evicts, .vendor = &vendors});
    }

    [[nodiscard]] bool evicted() const { return evicts.processes.at(::getpid()).evictions != 0; }

    Incarnation us = Incarnation::of(Tree("/proc"), static_cast<std::uint32_t>(::getpid())).value();
};

TEST_F(RestorationTest, does_nothing_for_an_empty_ledger) {
    const Restored restored = restore();
    EXPECT_EQ(restored.resumed + restored.gone, 0U);
    EXPECT_THAT(restored.troubles, IsEmpty());
    EXPECT_THAT(evicts.happened, IsEmpty());
}

TEST_F(RestorationTest, restores_the_process_before_it_strikes_the_line) {
    leave_process(us);
    EXPECT_EQ(restore().resumed, 1U);
    EXPECT_FALSE(evicted());
    const std::string pid = std::to_string(us.pid);
    EXPECT_THAT(
        evicts.happened,
        ElementsAre("restore " + pid + " with E " + pid + " " + std::to_string(us.start_ticks)));
    EXPECT_TRUE(ledger.empty());
    EXPECT_THAT(tracer.held, IsEmpty());
}

TEST_F(RestorationTest, strikes_the_line_of_an_eviction_that_never_happened) {
    evicts.processes[::getpid()] = {.own_pid = us.pid, .paused = false, .evictions = 0};
    leave_process(us);
    EXPECT_EQ(restore().resumed, 1U);
    EXPECT_TRUE(ledger.empty());
}

TEST_F(RestorationTest, restores_through_every_file_because_one_may_be_inherited) {
    evicts.openers[::getpid()] = {1, ::getpid()};
    tracer.held.insert(1);
    leave_process(us);
    EXPECT_EQ(restore().resumed, 1U);
    EXPECT_FALSE(evicted());
}

TEST_F(RestorationTest, resumes_queues_that_a_vendors_request_preempted) {
    leave_queue(us, 3);
    leave_queue(us, 4);  // Destroyed meanwhile.
    EXPECT_EQ(restore().resumed, 2U);
    EXPECT_THAT(vendors.preempted, IsEmpty());
    EXPECT_TRUE(ledger.empty());
    EXPECT_THAT(evicts.happened, IsEmpty());
}

TEST_F(RestorationTest, leaves_the_next_process_with_the_pid_alone) {
    leave_process({.pid = us.pid, .start_ticks = us.start_ticks + 1});
    leave_queue({.pid = us.pid, .start_ticks = us.start_ticks + 1}, 3);
    EXPECT_EQ(restore().gone, 2U);
    EXPECT_TRUE(evicted());
    EXPECT_THAT(vendors.happened, IsEmpty());
    EXPECT_TRUE(ledger.empty());
}

TEST_F(RestorationTest, strikes_processes_that_have_ended_before_and_after_their_parent_knows) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(0);
    }
    siginfo_t ended{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
    const auto process = Incarnation::of(Tree("/proc"), static_cast<std::uint32_t>(child));
    ASSERT_TRUE(process);
    leave_process(*process);
    EXPECT_EQ(restore().gone, 1U);
    leave_process(*process);
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(restore().gone, 1U);
    EXPECT_TRUE(ledger.empty());
}

TEST_F(RestorationTest, keeps_what_fails_says_why_and_succeeds_later) {
    leave_process(us);
    leave_queue(us, 3);
    evicts.restore_error = EIO;
    vendors.resume_error = EIO;
    const Restored restored = restore();
    EXPECT_EQ(restored.resumed, 0U);
    const std::string pid = std::to_string(us.pid);
    EXPECT_THAT(restored.troubles,
                ElementsAre(HasSubstr("restore process " + pid + ": "),
                            HasSubstr("resume queue 3 of process " + pid + ": ")));
    EXPECT_THAT(tracer.held, IsEmpty());
    EXPECT_EQ(ledger.left_over().size(), 2U);

    evicts.restore_error = 0;
    vendors.resume_error = 0;
    EXPECT_EQ(restore().resumed, 2U);
    EXPECT_TRUE(ledger.empty());
}

TEST_F(RestorationTest, keeps_a_process_that_somebody_else_traces_or_whose_file_is_closed) {
    leave_process(us);
    tracer.refusal = "another debugger (pid 5, gdb) is attached";
    EXPECT_THAT(restore().troubles, ElementsAre(HasSubstr("gdb")));
    tracer.refusal.clear();
    evicts.openers[::getpid()].clear();
    EXPECT_THAT(restore().troubles, ElementsAre(HasSubstr("has closed its device file")));
    EXPECT_THAT(tracer.held, IsEmpty());
    EXPECT_FALSE(ledger.empty());
}

TEST_F(RestorationTest, keeps_lines_whose_door_is_not_there) {
    leave_process(us);
    leave_queue(us, 3);
    const Restored restored = restore_all(ledger, {.tracer = tracer});
    EXPECT_THAT(restored.troubles,
                ElementsAre(HasSubstr("there is no device"), HasSubstr("no longer configured")));
    EXPECT_EQ(ledger.left_over().size(), 2U);
}

TEST_F(RestorationTest, touches_nothing_that_is_in_use) {
    ASSERT_TRUE(ledger.enter({.undo = Undo::restore_process, .process = us}));
    EXPECT_EQ(restore().resumed, 0U);
    EXPECT_TRUE(evicted());
}

}  // namespace
}  // namespace penstock::gate
