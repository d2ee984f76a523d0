// SPDX-License-Identifier: Apache-2.0
//
// What the gate does with queues that an operator holds one by one: the patient owner has two.

#include <gmock/gmock.h>

#include "tests/unit/gate/machine.h"

namespace penstock::gate {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Holds : public GateOnAMachine {
  protected:
    Holds() {
        driver.add_queue(patient_pid, 2);
        set(patient_pid, 2, {.written = 0, .read = 0});
        begin();
        tell(wire::AddQueue{queue_of(patient, 2, 2)});
        mailbox.letters.clear();
    }

    DeviceOrder holding(std::uint32_t queue, Duration length) const {
        DeviceOrder held = order();
        held.held_queues = {{.owner = patient, .queue = queue, .until = now + length}};
        return held;
    }

    void hold(std::uint32_t queue, Duration length = 1s) {
        tell(wire::Order{holding(queue, length)});
    }

    // The second queue of the patient owner gets a packet.
    void submit_to_second(std::uint64_t written) {
        set(patient_pid, 2, {.written = written, .read = written - 1});
        moves.waiting.push_back({.slot = 2, .written = written, .seen = now});
        core.take_moves(now);
    }
};

TEST_F(Holds, suspend_one_queue_and_leave_its_sibling_alone) {
    hold(2);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(2));
    const auto acted = mailbox.all<wire::Acted>();
    ASSERT_THAT(acted, SizeIs(1));
    EXPECT_EQ(acted[0].owner, patient);
    EXPECT_EQ(acted[0].queue, 2U);
    EXPECT_EQ(acted[0].queues, 1U);
    EXPECT_EQ(acted[0].verb, Verb::suspend);
    EXPECT_EQ(acted[0].reason, Reason::operator_request);
}

TEST_F(Holds, end_at_their_time_without_another_order) {
    hold(2, 10ms);
    live(9ms);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(2));
    live(1ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_EQ(mailbox.all<wire::Acted>().back().queue, 2U);
}

TEST_F(Holds, end_when_an_order_no_longer_names_them) {
    hold(2);
    tell(wire::Order{order()});
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Holds, are_not_ended_by_the_resume_of_their_owner) {
    hold(2);
    contend();
    ASSERT_THAT(suspended(patient_pid), ElementsAre(1, 2));
    set(urgent_pid, 1, {.written = 1, .read = 1});
    live(5ms);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(2));
    live(1s);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Holds, that_begin_while_their_owner_is_suspended_outlast_it) {
    contend();
    hold(2);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1, 2));
    set(urgent_pid, 1, {.written = 1, .read = 1});
    live(5ms);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(2));
}

TEST_F(Holds, that_end_while_their_owner_is_suspended_let_it_stay_so) {
    hold(2, 3ms);
    contend();
    live(4ms);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1, 2));
    EXPECT_EQ(mailbox.all<wire::Acted>().back().queue, 2U);
    set(urgent_pid, 1, {.written = 1, .read = 1});
    live(5ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Holds, make_nobody_yield_to_what_can_not_run) {
    tell(wire::Order{{.gpu = gpu,
                      .owners = {{.owner = urgent, .rank = 0}, {.owner = patient, .rank = 10}},
                      .held_queues = {{.owner = patient, .queue = 2, .until = now + 50ms}}}});
    submit(urgent_pid, 0, 1);
    submit_to_second(1);
    live(40ms);
    EXPECT_THAT(suspended(urgent_pid), IsEmpty());
    live(20ms);
    EXPECT_THAT(suspended(urgent_pid), ElementsAre(1)) << "now it has work that can run";
}

TEST_F(Holds, of_all_that_an_owner_has_make_nobody_wait_for_it) {
    contend();
    ASSERT_THAT(suspended(patient_pid), ElementsAre(1, 2));
    DeviceOrder held = order();
    held.held_queues = {{.owner = urgent, .queue = 1, .until = now + 1s}};
    tell(wire::Order{held});
    live(5ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_THAT(suspended(urgent_pid), ElementsAre(1));
}

TEST_F(Holds, are_not_looked_for_on_another_device) {
    tell(wire::Order{{.gpu = {2},
                      .owners = {{.owner = patient}},
                      .held_queues = {{.owner = patient, .queue = 2, .until = now + 1s}}}});
    EXPECT_EQ(mailbox.all<wire::Acted>().at(0).error, ENOENT);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Holds, end_with_resume_all) {
    hold(2);
    tell(wire::ResumeAll{.serial = 5});
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_EQ(mailbox.all<wire::AllResumed>().at(0).queues, 1U);
    live(2s);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Holds, end_when_the_gate_leaves) {
    hold(2);
    core.leave();
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Holds, end_when_their_owner_is_released) {
    hold(2);
    tell(wire::Release{.owner = patient});
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Holds, never_last_longer_than_two_minutes_whatever_the_orders_say) {
    for (int second = 0; second < 119; ++second) {
        hold(2, 300s);
        live(1s);
    }
    EXPECT_THAT(suspended(patient_pid), ElementsAre(2));
    hold(2, 300s);
    live(1s);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Holds, that_fail_are_reported_undone_and_tried_again) {
    driver.hardware_fails = true;
    hold(2);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
    EXPECT_EQ(mailbox.all<wire::Acted>().at(0).error, EIO);
    driver.hardware_fails = false;
    live(10ms);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(2));
}

TEST_F(Holds, whose_resume_fails_for_a_moment_are_resumed_soon) {
    hold(2);
    driver.resume_error = EBUSY;
    tell(wire::Order{order()});
    EXPECT_THAT(suspended(patient_pid), ElementsAre(2));
    driver.resume_error = 0;
    live(2ms);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Holds, whose_resume_fails_for_good_end_with_the_attachment) {
    hold(2);
    driver.resume_error = EIO;
    tell(wire::Order{order()});
    EXPECT_FALSE(driver.processes[patient_pid].enabled);
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Holds, of_a_queue_that_nobody_knows_are_an_error) {
    hold(9);
    EXPECT_EQ(mailbox.all<wire::Acted>().at(0).error, ENOENT);
    EXPECT_EQ(mailbox.all<wire::Acted>().at(0).queue, 9U);
    EXPECT_EQ(driver.calls, 0);
}

TEST_F(Holds, reach_a_queue_that_the_driver_has_not_shown_yet) {
    driver.processes[patient_pid].new_queues = {2};
    hold(2);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(2));
}

TEST_F(Holds, of_a_queue_that_the_driver_never_shows_are_an_error) {
    std::erase_if(driver.processes[patient_pid].queues,
                  [](const kfd::QueueSnapshotEntry& entry) { return entry.queue_id == 2; });
    hold(2);
    EXPECT_EQ(mailbox.all<wire::Acted>().at(0).error, ENOENT);
}

TEST_F(Holds, are_not_inherited_by_the_next_queue_with_the_number) {
    hold(2);
    suspended(patient_pid).clear();
    tell(wire::RemoveQueue{{.owner = patient, .gpu = gpu, .number = 2}});
    tell(wire::AddQueue{queue_of(patient, 2, 2)});
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

// Two rungs, of which the better one gives way.
class HoldsOnTwoRungs : public GateOnAMachine {
  protected:
    HoldsOnTwoRungs() {
        ladder.add(next_level, [this](const Ports&, Climber&) {
            return Result<std::unique_ptr<Rung>>(std::make_unique<Next>(next_level, held));
        });
        begin();
    }

    class Next final : public Rung {
      public:
        Next(const PreemptionLevel& level, std::vector<std::uint32_t>& held)
            : level_(level), held_(held) {}

        [[nodiscard]] PreemptionLevel level() const override { return level_; }

        [[nodiscard]] bool takes(QueueType /*type*/) const override { return true; }

        Result<kfd::Reach> suspend(GpuId /*gpu*/, std::span<std::uint32_t> queues) override {
            held_.assign(queues.begin(), queues.end());
            return kfd::reach_of(queues);
        }

        Result<kfd::Reach> resume(GpuId /*gpu*/, std::span<std::uint32_t> queues) override {
            held_.clear();
            return kfd::reach_of(queues);
        }

      private:
        const PreemptionLevel& level_;
        std::vector<std::uint32_t>& held_;
    };

    // A queue is held, and then the driver no longer obeys.
    void hold_and_fall() {
        DeviceOrder held_order = order();
        held_order.held_queues = {{.owner = patient, .queue = 1, .until = now + 1s}};
        tell(wire::Order{held_order});
        ASSERT_THAT(suspended(patient_pid), ElementsAre(1));
        driver.processes[patient_pid].event_pipe.reset();
        core.attend(wakeups.watched.back(), now);
    }

    PreemptionLevel next_level = PreemptionLevel::vendor_ioctl;
    std::vector<std::uint32_t> held;
};

TEST_F(HoldsOnTwoRungs, go_on_where_the_next_rung_takes_single_queues) {
    hold_and_fall();
    EXPECT_EQ(mailbox.all<wire::Adopted>().back().level, PreemptionLevel::vendor_ioctl);
    EXPECT_THAT(held, ElementsAre(1));
}

TEST_F(HoldsOnTwoRungs, end_where_the_next_rung_takes_none) {
    next_level = PreemptionLevel::process_evict;
    hold_and_fall();
    EXPECT_EQ(mailbox.all<wire::Adopted>().back().level, PreemptionLevel::process_evict);
    EXPECT_THAT(held, IsEmpty());
    EXPECT_EQ(mailbox.all<wire::Acted>().back().verb, Verb::resume);
    EXPECT_EQ(mailbox.all<wire::Acted>().back().queue, 1U);
}

// The agent's news is late: the driver has told of the next queue of that number already.
TEST_F(Holds, end_before_a_queue_leaves_the_table) {
    hold(2);
    tell(wire::RemoveQueue{{.owner = patient, .gpu = order().gpu, .number = 2}});
    EXPECT_THAT(suspended(patient_pid), IsEmpty());
}

TEST_F(Holds, outlive_news_of_an_earlier_queue) {
    hold(2);
    wire::QueueAt earlier = queue_of(patient, 2, 2);
    earlier.ring_address += 0x10000;
    tell(wire::AddQueue{earlier});
    tell(wire::Order{order()});
    EXPECT_THAT(suspended(patient_pid), IsEmpty()) << "it is still known as suspended";
}

}  // namespace
}  // namespace penstock::gate
