// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/vendor_rung.h"

#include <gmock/gmock.h>

#include "tests/unit/gate_rungs/stage.h"

namespace penstock::gate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr GpuId gpu{1};

class VendorRungTest : public fakes::Stage {
  protected:
    VendorRungTest() {
        for (const std::uint32_t queue : {3U, 4U}) {
            vendors.queues.insert({100, queue});
        }
        Result<std::unique_ptr<Rung>> made = climb();
        EXPECT_TRUE(made) << made.error().message();
        rung = std::move(*made);
    }

    Result<std::unique_ptr<Rung>> climb() {
        return VendorRung::make(
            ports, target, {.port = vendors, .ledger = ledger, .proc = Tree(proc.root())});
    }

    Target target = enter(100, 7);
    std::unique_ptr<Rung> rung;
    std::vector<std::uint32_t> queues{3, 4};
};

TEST_F(VendorRungTest, asks_the_driver_nothing_before_it_is_used) {
    EXPECT_EQ(rung->level(), PreemptionLevel::vendor_ioctl);
    EXPECT_TRUE(rung->takes(QueueType::compute_pm4));
    EXPECT_FALSE(rung->takes(QueueType::sdma));
    rung.reset();
    EXPECT_THAT(vendors.happened, IsEmpty());
    EXPECT_THAT(tracer.held, IsEmpty());
}

TEST_F(VendorRungTest, writes_each_queue_down_before_it_is_preempted) {
    EXPECT_EQ(rung->suspend(gpu, queues)->reached, 2U);
    EXPECT_THAT(vendors.happened,
                ElementsAre("preempt 3 with V 100 7 3", "preempt 4 with V 100 7 3,V 100 7 4"));
    vendors.happened.clear();
    EXPECT_EQ(rung->resume(gpu, queues)->reached, 2U);
    EXPECT_THAT(vendors.happened,
                ElementsAre("resume 3 with V 100 7 3,V 100 7 4", "resume 4 with V 100 7 4"));
    EXPECT_TRUE(ledger.empty());
}

TEST_F(VendorRungTest, marks_queues_that_the_driver_does_not_know) {
    queues.push_back(9);
    const Result<kfd::Reach> reach = rung->suspend(gpu, queues);
    ASSERT_TRUE(reach);
    EXPECT_EQ(reach->reached, 2U);
    EXPECT_EQ(reach->unknown, 1U);
    EXPECT_THAT(queues, ElementsAre(3, 4, 9 | kfd::queue_invalid_bit));
    EXPECT_EQ(ledger_lines(), "V 100 7 3,V 100 7 4");
}

TEST_F(VendorRungTest, marks_queues_that_the_hardware_did_not_let_go_and_undoes_half_a_preemption) {
    vendors.preempt_error = ETIME;
    vendors.preempts_despite_error = true;
    const Result<kfd::Reach> reach = rung->suspend(gpu, queues);
    ASSERT_TRUE(reach);
    EXPECT_EQ(reach->failed, 2U);
    EXPECT_THAT(queues, ElementsAre(3 | kfd::queue_error_bit, 4 | kfd::queue_error_bit));
    EXPECT_THAT(vendors.preempted, IsEmpty());
    EXPECT_TRUE(ledger.empty());
}

TEST_F(VendorRungTest, keeps_the_line_of_half_a_preemption_that_it_could_not_undo) {
    vendors.preempt_error = ETIME;
    vendors.preempts_despite_error = true;
    vendors.resume_error = EIO;
    queues = {3};
    EXPECT_EQ(rung->suspend(gpu, queues)->failed, 1U);
    EXPECT_EQ(ledger_lines(), "V 100 7 3");
    vendors.resume_error = 0;
    rung.reset();
    EXPECT_THAT(vendors.preempted, IsEmpty());
    EXPECT_TRUE(ledger.empty());
}

TEST_F(VendorRungTest, resumes_everything_at_its_end) {
    ASSERT_TRUE(rung->suspend(gpu, queues));
    rung.reset();
    EXPECT_THAT(vendors.preempted, IsEmpty());
    EXPECT_EQ(ledger_lines(), "");
    EXPECT_THAT(mailbox.letters, IsEmpty());
}

TEST_F(VendorRungTest, tells_the_agent_what_stays_preempted_at_its_end) {
    ASSERT_TRUE(rung->suspend(gpu, queues));
    vendors.resume_error = EIO;
    rung.reset();
    const auto said = mailbox.all<wire::Said>();
    ASSERT_EQ(said.size(), 2U);
    EXPECT_THAT(said[0].line, HasSubstr("queue 4 of process 100 stays preempted"));
    EXPECT_EQ(ledger.left_over().size(), 2U);
}

TEST_F(VendorRungTest, tries_a_resume_again_that_failed) {
    ASSERT_TRUE(rung->suspend(gpu, queues));
    vendors.resume_error = EIO;
    EXPECT_EQ(rung->resume(gpu, queues)->failed, 2U);
    EXPECT_EQ(ledger_lines(), "V 100 7 3,V 100 7 4");
    vendors.resume_error = 0;
    queues = {3, 4};
    EXPECT_EQ(rung->resume(gpu, queues)->reached, 2U);
    EXPECT_TRUE(ledger.empty());
}

TEST_F(VendorRungTest, forgets_a_queue_that_was_destroyed_while_preempted) {
    ASSERT_TRUE(rung->suspend(gpu, queues));
    vendors.preempted.erase({100, 3});
    const Result<kfd::Reach> reach = rung->resume(gpu, queues);
    EXPECT_EQ(reach->reached, 1U);
    EXPECT_EQ(reach->unknown, 1U);
    EXPECT_TRUE(ledger.empty());
}

TEST_F(VendorRungTest, does_not_resume_what_it_has_not_preempted) {
    EXPECT_EQ(rung->resume(gpu, queues)->unknown, 2U);
    EXPECT_THAT(vendors.happened, IsEmpty());
}

TEST_F(VendorRungTest, preempts_the_next_queue_with_the_number_of_a_preempted_one) {
    queues = {3};
    ASSERT_TRUE(rung->suspend(gpu, queues));
    vendors.preempted.clear();  // Destroyed, and its number given to another.
    EXPECT_EQ(rung->suspend(gpu, queues)->reached, 1U);
    EXPECT_EQ(vendors.preempted.size(), 1U);
    EXPECT_EQ(ledger_lines(), "V 100 7 3");
}

TEST_F(VendorRungTest, preempts_nothing_of_a_process_that_has_ended) {
    processes.dead.insert(100);
    EXPECT_FALSE(rung->suspend(gpu, queues));
    EXPECT_THAT(vendors.happened, IsEmpty());
    EXPECT_FALSE(climb());
}

TEST_F(VendorRungTest, needs_no_undo_when_the_process_has_ended) {
    ASSERT_TRUE(rung->suspend(gpu, queues));
    vendors.resume_error = EIO;
    processes.dead.insert(100);
    rung.reset();
    EXPECT_THAT(mailbox.letters, IsEmpty());
    EXPECT_TRUE(ledger.empty());
}

TEST_F(VendorRungTest, preempts_no_queue_that_the_ledger_has_no_room_for) {
    for (EvictionLedger::Line line = 1; line < EvictionLedger::most_lines; ++line) {
        ASSERT_TRUE(ledger.enter({.process = {.pid = 9, .start_ticks = line}}));
    }
    EXPECT_THAT(rung->suspend(gpu, queues).error().message(), HasSubstr("is full"));
    EXPECT_EQ(vendors.happened.size(), 1U);
    rung.reset();
    EXPECT_THAT(vendors.preempted, IsEmpty());
}

TEST_F(VendorRungTest, can_not_be_climbed_without_a_start_time) {
    proc.write("100/stat", "100 (a) S 1 2 3\n");
    EXPECT_THAT(climb().error().message(), HasSubstr("has no start time"));
}

}  // namespace
}  // namespace penstock::gate
