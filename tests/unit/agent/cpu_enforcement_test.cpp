// SPDX-License-Identifier: Apache-2.0

#include "agent/cpu_enforcement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/event_loop.h"
#include "tests/fakes/control_groups.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// An agent without a bus, whose resctrl is a folder in which groups have no files. What quotas do
// is shown with a bus elsewhere.
class CpuEnforcing : public testing::Test {
  protected:
    CpuEnforcing() {
        seen.now = from_ns(1'000'000'000'000);
        seen.memory.push_back({.number = 0});
        seen.memory.front().throttle.level = ThrottleLevel::fall_back;
        seen.memory.front().throttle.utilization = 1.0;
        use(0);
    }

    void use(std::uint64_t usec) {
        tree.write("cgroup/system.slice/batch.service/cpu.stat",
                   "usage_usec " + std::to_string(usec) + "\n");
    }

    CpuEnforcement& begin(CpuThrottleMode mode) {
        enforcement = std::make_unique<CpuEnforcement>(
            CpuEnforcement::Places{.undo_file = tree.root() + "/undo",
                                   .bus = "unix:path=" + tree.root() + "/no-bus",
                                   .cgroups = tree.root() + "/cgroup",
                                   .resctrl = tree.root() + "/resctrl"},
            events->get(),
            [this] { return spared; });
        enforcement->follow({.mode = mode, .units = {"batch*"}});
        return *enforcement;
    }

    // A tenth of a second for each, in which the unit uses two processors.
    void turns(int count) {
        for (int turn = 0; turn < count; ++turn) {
            seen.now += 100ms;
            used += 200'000;
            use(used);
            enforcement->turn(seen);
        }
    }

    [[nodiscard]] bool has_group() const {
        return std::filesystem::exists(tree.root() + "/resctrl/penstock.hogs");
    }

    std::uint64_t used = 0;
    Snapshot seen{};
    fakes::ScratchTree tree{};
    std::vector<std::string> spared{};
    Result<EventLoop> events = EventLoop::open();
    std::unique_ptr<CpuEnforcement> enforcement{};
};

TEST_F(CpuEnforcing, only_says_what_it_would_do_where_advice_is_asked_for) {
    fakes::make_resctrl(tree);
    begin(CpuThrottleMode::advice);
    turns(20);
    EXPECT_THAT(enforcement->lines(),
                ElementsAre(HasSubstr("advice"), HasSubstr("batch.service: ")));
    EXPECT_FALSE(has_group());
    EXPECT_EQ(enforcement->trouble(), "");
}

TEST_F(CpuEnforcing, does_nothing_at_all_when_it_is_off) {
    fakes::make_resctrl(tree);
    begin(CpuThrottleMode::off);
    turns(20);
    EXPECT_THAT(enforcement->lines(), IsEmpty());
    EXPECT_FALSE(has_group());
}

TEST_F(CpuEnforcing, acts_neither_in_a_dry_run_nor_where_preemption_is_disabled) {
    fakes::make_resctrl(tree);
    begin(CpuThrottleMode::resctrl);
    seen.dry_run = true;
    turns(20);
    EXPECT_FALSE(has_group());
    seen.dry_run = false;
    seen.preemption_enabled = false;
    turns(20);
    EXPECT_FALSE(has_group());
    seen.preemption_enabled = true;
    turns(1);
    EXPECT_TRUE(has_group());
}

// Not at the next look, a tenth of a second later.
TEST_F(CpuEnforcing, frees_all_at_once_when_that_is_forbidden) {
    fakes::make_resctrl(tree);
    begin(CpuThrottleMode::resctrl);
    turns(20);
    ASSERT_TRUE(has_group());
    seen.preemption_enabled = false;
    seen.now += 1ms;
    enforcement->turn(seen);
    EXPECT_FALSE(has_group());
}

TEST_F(CpuEnforcing, frees_all_for_a_while_when_an_operator_lets_go) {
    fakes::make_resctrl(tree);
    begin(CpuThrottleMode::resctrl);
    turns(20);
    ASSERT_TRUE(has_group());
    enforcement->let_go(seen.now);
    EXPECT_FALSE(has_group());
    turns(20);
    EXPECT_FALSE(has_group());
}

TEST_F(CpuEnforcing, frees_all_when_the_configuration_names_them_no_more) {
    fakes::make_resctrl(tree);
    begin(CpuThrottleMode::resctrl);
    turns(20);
    ASSERT_TRUE(has_group());
    enforcement->follow({.mode = CpuThrottleMode::resctrl, .units = {"other*"}});
    turns(1);
    EXPECT_FALSE(has_group());
}

TEST_F(CpuEnforcing, frees_all_with_its_end) {
    fakes::make_resctrl(tree);
    begin(CpuThrottleMode::resctrl);
    turns(20);
    ASSERT_TRUE(has_group());
    enforcement.reset();
    EXPECT_FALSE(has_group());
    UndoFile undo(tree.root() + "/undo");
    ASSERT_TRUE(undo.load());
    EXPECT_THAT(undo.entries(), IsEmpty());
}

TEST_F(CpuEnforcing, spares_units_with_a_critical_lease) {
    fakes::make_resctrl(tree);
    spared = {"batch.service"};
    begin(CpuThrottleMode::resctrl);
    turns(20);
    EXPECT_FALSE(has_group());
    EXPECT_THAT(enforcement->lines(), SizeIs(1));
}

TEST_F(CpuEnforcing, says_why_nobody_is_held_back_where_no_means_is_there) {
    begin(CpuThrottleMode::resctrl);
    turns(20);
    EXPECT_THAT(enforcement->trouble(), HasSubstr("resctrl is not mounted"));
    begin(CpuThrottleMode::quota);
    turns(20);
    EXPECT_THAT(enforcement->trouble(), HasSubstr("connect to the bus"));
    EXPECT_THAT(enforcement->lines().front(), HasSubstr("0 units held back"));
}

TEST_F(CpuEnforcing, turns_to_quotas_where_resctrl_does_not_do_it) {
    fakes::make_resctrl(tree);
    begin(CpuThrottleMode::automatic);
    turns(20);
    ASSERT_TRUE(has_group());  // And without its files: no limit can be written.
    turns(60);
    EXPECT_FALSE(has_group());
    EXPECT_THAT(enforcement->trouble(), HasSubstr("connect to the bus"));
}

TEST_F(CpuEnforcing, lifts_what_an_agent_left_that_was_killed) {
    fakes::make_resctrl(tree);
    std::filesystem::create_directory(tree.root() + "/resctrl/penstock.hogs");
    tree.write("undo", "group penstock.hogs\nquota batch.service 500000\n");
    begin(CpuThrottleMode::advice);
    turns(1);
    EXPECT_FALSE(has_group());
    // Nobody answers for the other one yet.
    EXPECT_THAT(enforcement->trouble(), HasSubstr("connect to the bus"));
    enforcement.reset();
    UndoFile undo(tree.root() + "/undo");
    ASSERT_TRUE(undo.load());
    EXPECT_THAT(undo.entries(), SizeIs(1));
}

TEST_F(CpuEnforcing, limits_nobody_with_an_undo_file_that_can_not_be_read) {
    fakes::make_resctrl(tree);
    std::filesystem::create_directory(tree.root() + "/undo");
    begin(CpuThrottleMode::resctrl);
    turns(20);
    EXPECT_THAT(enforcement->trouble(), HasSubstr("limits could not be undone"));
    EXPECT_FALSE(has_group());
}

TEST_F(CpuEnforcing, is_undone_by_a_verb_of_its_own) {
    std::filesystem::create_directories(tree.root() + "/resctrl/penstock.hogs");
    tree.write("undo", "group penstock.hogs\n");
    const CpuEnforcement::Places places{.undo_file = tree.root() + "/undo",
                                        .bus = "unix:path=" + tree.root() + "/no-bus",
                                        .resctrl = tree.root() + "/resctrl"};
    EXPECT_THAT(undo_cpu_limits(places), IsEmpty());
    EXPECT_FALSE(has_group());
    EXPECT_THAT(undo_cpu_limits(places), IsEmpty());
    tree.write("undo", "quota batch.service 500000\n");
    EXPECT_THAT(undo_cpu_limits(places), ElementsAre(HasSubstr("connect to the bus")));
    EXPECT_THAT(undo_cpu_limits(places), SizeIs(1));
}

}  // namespace
}  // namespace penstock
