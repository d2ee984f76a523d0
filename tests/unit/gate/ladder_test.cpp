// SPDX-License-Identifier: Apache-2.0
//
// Which rung an owner stands on: the best that works, the next lower one when it gives way, and a
// better one when it comes into reach.

#include <gmock/gmock.h>

#include "tests/unit/gate/machine.h"

namespace penstock::gate {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What rungs of one level have been asked, and what they answer.
struct Script {
    std::string refusal{};
    int standing = 0;
    std::vector<std::uint32_t> suspended{};
    std::vector<Levers> pulled{};
    Rung::News news{};
    std::optional<TimePoint> deadline{};
};

class ScriptedRung final : public Rung {
  public:
    ScriptedRung(PreemptionLevel level, Script& script) : level_(level), script_(script) {
        ++script_.standing;
    }

    ~ScriptedRung() override {
        --script_.standing;
        script_.suspended.clear();
    }

    [[nodiscard]] PreemptionLevel level() const override { return level_; }

    [[nodiscard]] bool takes(QueueType /*type*/) const override { return true; }

    [[nodiscard]] std::optional<TimePoint> deadline() const override { return script_.deadline; }

    News take_news() override {
        script_.deadline.reset();
        return std::exchange(script_.news, {});
    }

    Result<kfd::Reach> suspend(GpuId /*gpu*/, std::span<std::uint32_t> queues) override {
        script_.suspended.assign(queues.begin(), queues.end());
        return kfd::reach_of(queues);
    }

    Result<kfd::Reach> resume(GpuId /*gpu*/, std::span<std::uint32_t> queues) override {
        script_.suspended.clear();
        return kfd::reach_of(queues);
    }

    void pull(GpuId /*gpu*/, const Levers& levers) override { script_.pulled.push_back(levers); }

  private:
    PreemptionLevel level_;
    Script& script_;
};

class OnTheLadder : public GateOnAMachine {
  protected:
    OnTheLadder() {
        ladder = Ladder();
        ladder.add(PreemptionLevel::cooperative_save, [this](const Ports&, Climber& climber) {
            return climber.cooperation ? make(PreemptionLevel::cooperative_save, cooperative)
                                       : Result<std::unique_ptr<Rung>>(fail(""));
        });
        ladder.add(PreemptionLevel::debug_suspend, &DebugRung::make);
        ladder.add(PreemptionLevel::process_evict, [this](const Ports&, Climber& climber) {
            return climber.may_evict ? make(PreemptionLevel::process_evict, evicting)
                                     : Result<std::unique_ptr<Rung>>(fail("no rule allows it"));
        });
        core.begin(&moves, {.sampling_period_ns = 1'000'000, .slot_count = 16});
    }

    static Result<std::unique_ptr<Rung>> make(PreemptionLevel level, Script& script) {
        if (!script.refusal.empty()) {
            return fail(script.refusal);
        }
        return std::make_unique<ScriptedRung>(level, script);
    }

    void adopt_to_evict(OwnerId owner, std::uint32_t pid) {
        std::vector<Fd> attached;
        attached.push_back(*open_path("/dev/null", O_RDONLY));
        core.receive(
            wire::Adopt{.owner = owner, .pid = pid, .may_evict = true}, std::move(attached), now);
    }

    void cooperate(OwnerId owner) {
        std::vector<Fd> attached;
        attached.push_back(*open_path("/dev/null", O_RDONLY));
        core.receive(wire::Cooperate{.owner = owner, .abilities = 1}, std::move(attached), now);
    }

    void hold(OwnerId owner) {
        tell(wire::AddQueue{queue_of(owner, 1)});
        tell(wire::Order{{.gpu = gpu, .owners = {{.owner = owner, .held_until = now + 10s}}}});
    }

    wire::Adopted last_answer() { return mailbox.all<wire::Adopted>().back(); }

    Script cooperative;
    Script evicting;
};

TEST_F(OnTheLadder, a_process_stands_on_the_best_rung_that_works) {
    adopt_to_evict(urgent, urgent_pid);
    EXPECT_EQ(last_answer().level, PreemptionLevel::debug_suspend);
    EXPECT_EQ(last_answer().reason, "");
    EXPECT_EQ(evicting.standing, 0);
}

TEST_F(OnTheLadder, a_lower_rung_names_why_the_better_ones_do_not_work) {
    tracer.refusal = "gdb is attached";
    adopt_to_evict(urgent, urgent_pid);
    EXPECT_EQ(last_answer().level, PreemptionLevel::process_evict);
    EXPECT_EQ(last_answer().reason, "debug-suspend: gdb is attached");
}

TEST_F(OnTheLadder, without_a_rung_every_refusal_is_named) {
    tracer.refusal = "gdb is attached";
    adopt(urgent, urgent_pid);
    EXPECT_EQ(last_answer().level, PreemptionLevel::none);
    EXPECT_EQ(last_answer().reason,
              "debug-suspend: gdb is attached; process-evict: no rule allows it");
}

TEST_F(OnTheLadder, a_process_that_starts_to_cooperate_climbs_and_stays_suspended) {
    adopt(patient, patient_pid);
    hold(patient);
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
    cooperate(patient);
    EXPECT_EQ(last_answer().level, PreemptionLevel::cooperative_save);
    EXPECT_FALSE(driver.processes[patient_pid].enabled) << "the lower rung has been let go";
    EXPECT_THAT(tracer.held, IsEmpty());
    EXPECT_THAT(cooperative.suspended, ElementsAre(1)) << "by the new rung";
}

TEST_F(OnTheLadder, a_process_that_stops_cooperating_falls_to_the_next_rung_and_stays_suspended) {
    adopt(patient, patient_pid);
    cooperate(patient);
    hold(patient);
    cooperative.news.lost = "it has not answered within 100 ms";
    cooperative.deadline = now + 1ms;
    ASSERT_TRUE(core.next_deadline().has_value());
    EXPECT_LE(*core.next_deadline(), now + 1ms);
    pass(1ms);
    EXPECT_EQ(last_answer().level, PreemptionLevel::debug_suspend);
    EXPECT_EQ(last_answer().reason, "cooperative-save: it has not answered within 100 ms");
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
    EXPECT_EQ(cooperative.standing, 0);
}

TEST_F(OnTheLadder, a_rung_that_gave_way_is_not_tried_until_the_owner_is_adopted_again) {
    driver.suspend_error = EPERM;
    adopt_to_evict(patient, patient_pid);
    hold(patient);
    EXPECT_EQ(last_answer().level, PreemptionLevel::process_evict);
    EXPECT_THAT(last_answer().reason, HasSubstr("debug-suspend: the program has disabled"));
    driver.suspend_error = 0;
    live(1s);
    EXPECT_EQ(last_answer().level, PreemptionLevel::process_evict);
    EXPECT_THAT(evicting.suspended, ElementsAre(1));
    adopt_to_evict(patient, patient_pid);
    EXPECT_EQ(last_answer().level, PreemptionLevel::debug_suspend);
    EXPECT_THAT(evicting.suspended, IsEmpty());
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
}

TEST_F(OnTheLadder, an_offer_of_cooperation_that_no_rung_can_use_keeps_the_present_one) {
    cooperative.refusal = "it can do nothing that preempts";
    adopt(patient, patient_pid);
    cooperate(patient);
    EXPECT_EQ(last_answer().level, PreemptionLevel::debug_suspend);
    EXPECT_THAT(last_answer().reason, HasSubstr("it can do nothing that preempts"));
}

TEST_F(OnTheLadder, levers_reach_the_rung_with_every_order) {
    adopt(patient, patient_pid);
    cooperate(patient);
    const Levers levers{.queue_priority = 3, .units = {.first = 8, .count = 16}};
    tell(wire::Order{{.gpu = gpu, .owners = {{.owner = patient, .levers = levers}}}});
    EXPECT_THAT(cooperative.pulled, ElementsAre(levers));
}

TEST_F(OnTheLadder, cooperation_of_an_unknown_owner_is_refused_by_closing_its_socket) {
    cooperate({99});
    EXPECT_EQ(cooperative.standing, 0);
    EXPECT_THAT(mailbox.all<wire::Adopted>(), IsEmpty());
}

TEST_F(OnTheLadder, where_the_driver_obeys_a_debugger_that_detached_nobody_stays_traced) {
    driver.obeys_detached = true;
    adopt(patient, patient_pid);
    hold(patient);
    EXPECT_THAT(tracer.held, IsEmpty());
    EXPECT_THAT(suspended(patient_pid), ElementsAre(1));
    tell(wire::Release{.owner = patient});
    EXPECT_FALSE(driver.processes[patient_pid].enabled);
}

}  // namespace
}  // namespace penstock::gate
