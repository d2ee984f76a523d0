// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/evict_rung.h"

#include <gmock/gmock.h>

#include "tests/unit/gate_rungs/stage.h"

namespace penstock::gate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr GpuId here{1};
constexpr GpuId there{2};

class EvictRungTest : public fakes::Stage {
  protected:
    Result<std::unique_ptr<Rung>> climb() {
        return EvictRung::make(
            ports, target, {.port = evicts, .ledger = ledger, .proc = Tree(proc.root())});
    }

    // The one that the test is about.
    std::unique_ptr<Rung> on_it() {
        Result<std::unique_ptr<Rung>> rung = climb();
        EXPECT_TRUE(rung) << rung.error().message();
        return std::move(*rung);
    }

    [[nodiscard]] bool evicted() const { return evicts.processes.at(100).evictions != 0; }

    Target target = enter(100, 7);
    std::vector<std::uint32_t> queues{3, 4};
};

TEST_F(EvictRungTest, takes_queues_of_every_type) {
    const auto rung = on_it();
    EXPECT_EQ(rung->level(), PreemptionLevel::process_evict);
    EXPECT_TRUE(rung->takes(QueueType::sdma));
    EXPECT_TRUE(rung->takes(QueueType::compute_aql));
    EXPECT_EQ(rung->events(), -1);
}

TEST_F(EvictRungTest, evicts_once_for_all_queues_and_says_that_all_were_reached) {
    const auto rung = on_it();
    const Result<kfd::Reach> reach = rung->suspend(here, queues);
    ASSERT_TRUE(reach);
    EXPECT_EQ(reach->reached, 2U);
    EXPECT_THAT(queues, ElementsAre(3, 4));
    EXPECT_EQ(rung->resume(here, queues)->reached, 2U);
    EXPECT_FALSE(evicted());
}

TEST_F(EvictRungTest, writes_down_before_it_evicts_and_strikes_after_the_restore) {
    const auto rung = on_it();
    ASSERT_TRUE(rung->suspend(here, queues));
    ASSERT_TRUE(rung->resume(here, queues));
    EXPECT_THAT(evicts.happened, ElementsAre("evict 100 with E 100 7", "restore 100 with E 100 7"));
    EXPECT_EQ(ledger_lines(), "");
    EXPECT_TRUE(ledger.empty());
}

TEST_F(EvictRungTest, never_evicts_twice) {
    const auto rung = on_it();
    ASSERT_TRUE(rung->suspend(here, queues));
    ASSERT_TRUE(rung->suspend(there, queues));
    ASSERT_TRUE(rung->suspend(here, queues));  // A new queue: it was created evicted.
    EXPECT_THAT(evicts.happened, ElementsAre("evict 100 with E 100 7"));
}

TEST_F(EvictRungTest, restores_when_the_last_device_resumes) {
    const auto rung = on_it();
    ASSERT_TRUE(rung->suspend(here, queues));
    ASSERT_TRUE(rung->suspend(there, queues));
    ASSERT_TRUE(rung->resume(here, queues));
    EXPECT_TRUE(evicted());
    ASSERT_TRUE(rung->resume(there, queues));
    EXPECT_FALSE(evicted());
}

TEST_F(EvictRungTest, does_nothing_when_a_device_resumes_that_was_not_suspended) {
    const auto rung = on_it();
    EXPECT_TRUE(rung->resume(here, queues));
    ASSERT_TRUE(rung->suspend(here, queues));
    EXPECT_TRUE(rung->resume(there, queues));
    EXPECT_TRUE(evicted());
}

TEST_F(EvictRungTest, evicts_again_after_a_restore) {
    const auto rung = on_it();
    for (int round = 0; round < 3; ++round) {
        ASSERT_TRUE(rung->suspend(here, queues));
        EXPECT_TRUE(evicted());
        ASSERT_TRUE(rung->resume(here, queues));
        EXPECT_FALSE(evicted());
    }
    EXPECT_EQ(evicts.happened.size(), 6U);
}

TEST_F(EvictRungTest, restores_and_lets_go_at_its_end) {
    {
        const auto rung = on_it();
        EXPECT_TRUE(tracer.held.contains(100));
        ASSERT_TRUE(rung->suspend(here, queues));
    }
    EXPECT_FALSE(evicted());
    EXPECT_EQ(ledger_lines(), "");
    EXPECT_THAT(tracer.held, IsEmpty());
    EXPECT_THAT(mailbox.letters, IsEmpty());
}

TEST_F(EvictRungTest, passes_a_refused_eviction_on_with_an_empty_ledger) {
    const auto rung = on_it();
    evicts.evict_error = ENODEV;
    const Result<kfd::Reach> reach = rung->suspend(here, queues);
    ASSERT_FALSE(reach);
    EXPECT_EQ(reach.error().code, ENODEV);
    EXPECT_EQ(ledger_lines(), "");
    EXPECT_FALSE(evicted());
}

TEST_F(EvictRungTest, undoes_an_eviction_that_happened_although_it_was_refused) {
    const auto rung = on_it();
    evicts.evict_error = EIO;
    evicts.evicts_despite_error = true;
    EXPECT_EQ(rung->suspend(here, queues).error().code, EIO);
    EXPECT_FALSE(evicted());
    EXPECT_EQ(ledger_lines(), "");
}

TEST_F(EvictRungTest, keeps_the_line_of_an_eviction_that_it_could_not_undo) {
    const auto rung = on_it();
    ASSERT_TRUE(rung->suspend(here, queues));
    evicts.restore_error = EIO;
    const Result<kfd::Reach> reach = rung->resume(here, queues);
    ASSERT_FALSE(reach);
    EXPECT_EQ(reach.error().code, EIO);
    EXPECT_THAT(reach.error().message(), HasSubstr("stays in the ledger"));
    EXPECT_EQ(ledger_lines(), "E 100 7");

    evicts.restore_error = 0;
    EXPECT_TRUE(rung->resume(here, queues));
    EXPECT_EQ(ledger_lines(), "");
    EXPECT_FALSE(evicted());
}

TEST_F(EvictRungTest, tells_the_agent_what_stays_evicted_at_its_end) {
    {
        const auto rung = on_it();
        ASSERT_TRUE(rung->suspend(here, queues));
        evicts.restore_error = EIO;
    }
    const auto said = mailbox.all<wire::Said>();
    ASSERT_EQ(said.size(), 1U);
    EXPECT_THAT(said[0].line, HasSubstr("process 100 stays evicted"));
    EXPECT_EQ(ledger_lines(), "E 100 7");
    ASSERT_EQ(ledger.left_over().size(), 1U);
}

TEST_F(EvictRungTest, needs_no_undo_for_a_process_that_has_ended) {
    {
        const auto rung = on_it();
        ASSERT_TRUE(rung->suspend(here, queues));
        processes.dead.insert(100);
        tracer.held.clear();  // The driver then answers as to a stranger.
        EXPECT_TRUE(rung->resume(here, queues));
    }
    EXPECT_EQ(ledger_lines(), "");
    EXPECT_THAT(mailbox.letters, IsEmpty());
}

TEST_F(EvictRungTest, keeps_the_line_when_the_driver_no_longer_takes_us_for_the_tracer) {
    const auto rung = on_it();
    ASSERT_TRUE(rung->suspend(here, queues));
    tracer.held.clear();
    EXPECT_FALSE(rung->resume(here, queues));
    EXPECT_EQ(ledger_lines(), "E 100 7");
    tracer.held.insert(100);
}

TEST_F(EvictRungTest, takes_it_well_that_somebody_else_has_restored) {
    const auto rung = on_it();
    ASSERT_TRUE(rung->suspend(here, queues));
    evicts.processes[100] = {.own_pid = 100, .paused = false, .evictions = 0};
    EXPECT_TRUE(rung->resume(here, queues));
    EXPECT_EQ(ledger_lines(), "");
}

TEST_F(EvictRungTest, restores_what_a_dead_checkpoint_has_left_evicted) {
    evicts.processes[100] = {.own_pid = 100, .paused = true, .evictions = 1};
    const auto rung = on_it();
    EXPECT_FALSE(evicted());
}

TEST_F(EvictRungTest, does_not_add_to_an_eviction_by_the_process_itself) {
    const auto rung = on_it();
    evicts.processes[100] = {.own_pid = 100, .paused = true, .evictions = 1};
    ASSERT_TRUE(rung->suspend(here, queues));
    EXPECT_EQ(evicts.processes[100].evictions, 1);
    ASSERT_TRUE(rung->resume(here, queues));
    EXPECT_EQ(evicts.processes[100].evictions, 0);
}

TEST_F(EvictRungTest, strikes_what_an_earlier_gate_has_left_of_the_process) {
    ledger.leave(
        *ledger.enter({.undo = Undo::restore_process, .process = {.pid = 100, .start_ticks = 7}}));
    ledger.leave(
        *ledger.enter({.undo = Undo::restore_process, .process = {.pid = 100, .start_ticks = 8}}));
    const auto rung = on_it();
    EXPECT_EQ(ledger_lines(), "E 100 8");
}

TEST_F(EvictRungTest, knows_its_process_by_the_pid_of_its_own_namespace) {
    target = enter(100, 7, 5);
    const auto rung = on_it();
    EXPECT_TRUE(rung->suspend(here, queues));
    EXPECT_TRUE(evicted());
}

TEST_F(EvictRungTest, passes_over_a_file_that_an_untraced_parent_opened) {
    enter(50, 6);
    evicts.openers[100] = {50, 100};
    const auto rung = on_it();
    ASSERT_TRUE(rung->suspend(here, queues));
    EXPECT_TRUE(evicted());
    EXPECT_EQ(evicts.processes[50].evictions, 0);
    ASSERT_TRUE(rung->resume(here, queues));
    EXPECT_FALSE(evicted());
}

TEST_F(EvictRungTest, puts_a_traced_parent_back_whose_file_the_process_inherited) {
    enter(50, 6);
    tracer.held.insert(50);
    evicts.openers[100] = {50, 100};
    const auto rung = on_it();
    ASSERT_TRUE(rung->suspend(here, queues));
    EXPECT_TRUE(evicted());
    EXPECT_EQ(evicts.processes[50].evictions, 0);
    ASSERT_TRUE(rung->resume(here, queues));
    ASSERT_TRUE(rung->suspend(here, queues));
    EXPECT_EQ(std::ranges::count(evicts.happened, "evict 50 with E 100 7"), 1);
}

TEST_F(EvictRungTest, refuses_a_process_that_only_has_its_parents_file) {
    enter(50, 6);
    evicts.openers[100] = {50};
    EXPECT_THAT(climb().error().message(), HasSubstr("none of its device files is its own"));
    tracer.held.insert(50);
    const auto rung = on_it();
    EXPECT_THAT(rung->suspend(here, queues).error().message(),
                HasSubstr("process 100 has no device file of its own"));
    EXPECT_EQ(evicts.processes[50].evictions, 0);
    EXPECT_EQ(ledger_lines(), "");
    EXPECT_FALSE(rung->suspend(here, queues));
}

TEST_F(EvictRungTest, evicts_nobody_when_the_ledger_is_full) {
    const auto rung = on_it();
    for (EvictionLedger::Line line = 0; line < EvictionLedger::most_lines; ++line) {
        ASSERT_TRUE(ledger.enter({.process = {.pid = 9, .start_ticks = line}}));
    }
    EXPECT_THAT(rung->suspend(here, queues).error().message(), HasSubstr("is full"));
    EXPECT_THAT(evicts.happened, IsEmpty());
}

TEST_F(EvictRungTest, says_why_it_can_not_be_climbed_and_lets_go) {
    evicts.openers[100].clear();
    EXPECT_THAT(climb().error().message(), HasSubstr("has closed its device file"));
    evicts.openers[100] = {100};
    evicts.restore_error = EACCES;
    EXPECT_EQ(climb().error().code, EACCES);
    proc.remove("100/stat");
    EXPECT_FALSE(climb());
    EXPECT_THAT(tracer.held, IsEmpty());
    tracer.refusal = "another debugger (pid 5, gdb) is attached";
    EXPECT_THAT(climb().error().message(), HasSubstr("gdb"));
    processes.dead.insert(100);
    EXPECT_THAT(climb().error().message(), HasSubstr("has ended"));
}

}  // namespace
}  // namespace penstock::gate
