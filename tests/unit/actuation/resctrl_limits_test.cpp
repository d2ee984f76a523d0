// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/resctrl_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/fakes/control_groups.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

CpuLimit limit_of(const std::string& unit) {
    return {.unit = unit, .control_group = "/system.slice/" + unit, .had = 2, .processors = 1};
}

CpuOrder order_of(double share, std::vector<CpuLimit> limits) {
    return {.share = share, .peak = 40'000'000'000, .limits = std::move(limits)};
}

class ResctrlLimiting : public testing::Test {
  protected:
    ResctrlLimiting() {
        fakes::make_resctrl(tree);
        threads("a.service", "11\n12\n");
        threads("b.service", "21\n");
        begin();
    }

    void begin() {
        undo = std::make_unique<UndoFile>(tree.root() + "/undo");
        EXPECT_TRUE(undo->load());
        auto made = std::make_unique<fakes::FolderControlGroups>(tree);
        groups = made.get();
        limits = std::make_unique<ResctrlLimits>(
            ResctrlLimits::Roots{.resctrl = tree.root() + "/resctrl",
                                 .cgroups = tree.root() + "/cgroup"},
            std::move(made),
            *undo);
        limits->turn(now);
    }

    void threads(const std::string& unit, const std::string& list) {
        tree.write("cgroup/system.slice/" + unit + "/cgroup.threads", list);
    }

    void hold(const CpuOrder& order) {
        limits->hold(order);
        turns(10);
    }

    void turns(int count) {
        for (int turn = 0; turn < count; ++turn) {
            now += 10ms;
            limits->turn(now);
        }
    }

    [[nodiscard]] std::vector<std::string> tasks() const {
        std::vector<std::string> lines;
        std::istringstream stream(groups->content("penstock.hogs/tasks"));
        for (std::string line; std::getline(stream, line);) {
            lines.push_back(line);
        }
        return lines;
    }

    [[nodiscard]] bool has_group() const {
        return std::filesystem::exists(tree.root() + "/resctrl/penstock.hogs");
    }

    TimePoint now = from_ns(1'000'000'000'000);
    fakes::ScratchTree tree{};
    std::unique_ptr<UndoFile> undo{};
    fakes::FolderControlGroups* groups = nullptr;
    std::unique_ptr<ResctrlLimits> limits{};
};

TEST_F(ResctrlLimiting, puts_all_into_one_group_with_their_share) {
    ASSERT_TRUE(limits->check());
    hold(order_of(0.7, {limit_of("a.service"), limit_of("b.service")}));
    EXPECT_EQ(groups->content("penstock.hogs/schemata"), "MB:0=70;1=70\n");
    EXPECT_THAT(tasks(), testing::UnorderedElementsAre("11", "12", "21"));
    EXPECT_EQ(limits->standing(), 2U);
    EXPECT_EQ(limits->trouble(), "");
    hold(order_of(0.49, {limit_of("a.service"), limit_of("b.service")}));
    EXPECT_EQ(groups->content("penstock.hogs/schemata"), "MB:0=40;1=40\n");
    EXPECT_THAT(tasks(), SizeIs(3));
}

TEST_F(ResctrlLimiting, limits_the_group_before_anybody_is_in_it) {
    hold(order_of(0.7, {limit_of("b.service")}));
    EXPECT_THAT(groups->heard,
                ElementsAre("make penstock.hogs", "schemata MB:0=70;1=70", "tasks 21"));
}

TEST_F(ResctrlLimiting, removes_the_group_when_all_are_free) {
    hold(order_of(0.7, {limit_of("a.service")}));
    ASSERT_TRUE(has_group());
    hold({});
    EXPECT_FALSE(has_group());
    EXPECT_EQ(limits->standing(), 0U);
    EXPECT_THAT(undo->entries(), IsEmpty());
}

TEST_F(ResctrlLimiting, has_the_group_in_the_undo_file_before_it_makes_it) {
    groups->make_fails = EIO;
    limits->hold(order_of(0.7, {limit_of("a.service")}));
    // It was struck again, so the file has been written.
    EXPECT_TRUE(std::filesystem::exists(undo->path()));
    EXPECT_THAT(undo->entries(), IsEmpty());
    groups->make_fails = 0;
    now += ResctrlLimits::next_try;
    turns(1);
    UndoFile found(undo->path());
    ASSERT_TRUE(found.load());
    EXPECT_THAT(
        found.entries(),
        ElementsAre(UndoEntry{.kind = UndoEntry::Kind::group, .name = std::string(hogs_group)}));
}

TEST_F(ResctrlLimiting, makes_no_group_without_an_undo_file) {
    undo = std::make_unique<UndoFile>(tree.root() + "/missing/undo");
    ResctrlLimits without({.resctrl = tree.root() + "/resctrl", .cgroups = tree.root() + "/cgroup"},
                          std::make_unique<fakes::FolderControlGroups>(tree),
                          *undo);
    without.hold(order_of(0.7, {limit_of("a.service")}));
    EXPECT_FALSE(has_group());
    EXPECT_THAT(without.trouble(), HasSubstr("without a way back"));
    EXPECT_EQ(without.standing(), 0U);
}

TEST_F(ResctrlLimiting, says_when_all_groups_are_taken_and_tries_again_later) {
    groups->make_fails = ENOSPC;
    hold(order_of(0.7, {limit_of("a.service")}));
    EXPECT_EQ(limits->trouble(), "resctrl: all control groups of the processor are taken");
    EXPECT_THAT(groups->heard, SizeIs(1));
    groups->make_fails = EBUSY;
    now += ResctrlLimits::next_try;
    turns(1);
    EXPECT_THAT(limits->trouble(), HasSubstr("not free again yet"));
    groups->make_fails = 0;
    now += ResctrlLimits::next_try;
    turns(1);
    EXPECT_EQ(limits->trouble(), "");
    EXPECT_EQ(limits->standing(), 1U);
}

TEST_F(ResctrlLimiting, says_what_the_kernel_says_of_a_limit_that_it_refuses) {
    groups->refused = "MB:";
    groups->refusal = "MB value 70 out of range [10,60]";
    hold(order_of(0.7, {limit_of("a.service")}));
    EXPECT_THAT(limits->trouble(), HasSubstr("(MB value 70 out of range [10,60])"));
    EXPECT_EQ(limits->standing(), 0U);
    // Nobody is moved into a group without a limit.
    EXPECT_THAT(tasks(), IsEmpty());
    hold({});
    EXPECT_FALSE(has_group());
}

TEST_F(ResctrlLimiting, goes_on_when_threads_end_and_stops_when_it_may_not_move_them) {
    groups->task_fails = {{"12\n", ESRCH}};
    hold(order_of(0.7, {limit_of("a.service"), limit_of("b.service")}));
    EXPECT_THAT(tasks(), testing::UnorderedElementsAre("11", "21"));
    EXPECT_EQ(limits->trouble(), "");
    groups->task_fails = {{"31\n", EPERM}};
    threads("a.service", "11\n31\n");
    hold(order_of(0.7, {limit_of("a.service"), limit_of("b.service")}));
    EXPECT_THAT(limits->trouble(), HasSubstr("only root"));
}

TEST_F(ResctrlLimiting, moves_threads_that_come_later_and_those_of_groups_below) {
    hold(order_of(0.7, {limit_of("a.service")}));
    threads("a.service", "11\n12\n13\n");
    threads("a.service/workers/deep", "41\n");
    hold(order_of(0.7, {limit_of("a.service")}));
    EXPECT_THAT(tasks(), testing::UnorderedElementsAre("11", "12", "13", "41"));
}

TEST_F(ResctrlLimiting, moves_a_few_threads_in_each_turn) {
    std::string list;
    for (int thread = 100; thread < 200; ++thread) {
        list += std::to_string(thread) + "\n";
    }
    threads("a.service", list);
    limits->hold(order_of(0.7, {limit_of("a.service")}));
    EXPECT_THAT(tasks(), SizeIs(ResctrlLimits::moves_in_a_turn));
    turns(1);
    EXPECT_THAT(tasks(), SizeIs(2 * ResctrlLimits::moves_in_a_turn));
    turns(5);
    EXPECT_THAT(tasks(), SizeIs(100));
}

TEST_F(ResctrlLimiting, begins_anew_without_who_is_free_again) {
    hold(order_of(0.7, {limit_of("a.service"), limit_of("b.service")}));
    hold(order_of(0.7, {limit_of("b.service")}));
    EXPECT_THAT(groups->heard, Contains("remove penstock.hogs"));
    turns(10);
    hold(order_of(0.7, {limit_of("b.service")}));
    EXPECT_THAT(tasks(), ElementsAre("21"));
    EXPECT_EQ(limits->standing(), 1U);
}

TEST_F(ResctrlLimiting, makes_the_group_again_that_somebody_has_removed) {
    hold(order_of(0.7, {limit_of("a.service")}));
    tree.remove("resctrl/penstock.hogs");
    hold(order_of(0.4, {limit_of("a.service")}));
    EXPECT_EQ(limits->standing(), 1U);  // As it was last known.
    now += ResctrlLimits::next_try;
    hold(order_of(0.4, {limit_of("a.service")}));
    EXPECT_EQ(groups->content("penstock.hogs/schemata"), "MB:0=40;1=40\n");
}

TEST_F(ResctrlLimiting, removes_what_an_agent_left_that_was_killed) {
    hold(order_of(0.7, {limit_of("a.service")}));
    begin();
    limits->take_over();
    EXPECT_TRUE(has_group());
    turns(1);
    EXPECT_FALSE(has_group());
    EXPECT_THAT(undo->entries(), IsEmpty());
    // Killed between entering it and making it: nothing is there, and nothing is wrong.
    ASSERT_TRUE(undo->enter({.kind = UndoEntry::Kind::group, .name = std::string(hogs_group)}));
    limits->take_over();
    turns(1);
    EXPECT_THAT(undo->entries(), IsEmpty());
    EXPECT_EQ(limits->trouble(), "");
}

TEST_F(ResctrlLimiting, keeps_trying_to_remove_the_group) {
    hold(order_of(0.7, {limit_of("a.service")}));
    groups->remove_fails = EBUSY;
    hold({});
    EXPECT_TRUE(has_group());
    EXPECT_THAT(undo->entries(), SizeIs(1));
    groups->remove_fails = 0;
    now += ResctrlLimits::next_try;
    turns(1);
    EXPECT_FALSE(has_group());
}

TEST_F(ResctrlLimiting, is_not_done_where_somebody_else_gives_out_groups) {
    tree.write("resctrl/gold/schemata", "MB:0=100;1=100\n");
    const Result<> there = limits->check();
    ASSERT_FALSE(there);
    EXPECT_THAT(there.error().message(), HasSubstr("/gold"));
}

TEST_F(ResctrlLimiting, is_not_done_where_the_processor_does_not_limit_bandwidth) {
    tree.write("resctrl/schemata", "L3:0=fffff\n");
    EXPECT_FALSE(limits->check());
    tree.remove("resctrl/info/MB");
    EXPECT_FALSE(limits->check());
    hold(order_of(0.7, {limit_of("a.service")}));
    EXPECT_THAT(groups->heard, IsEmpty());
    EXPECT_THAT(limits->trouble(), Not(IsEmpty()));
    tree.remove("resctrl");
    EXPECT_FALSE(limits->check());
}

TEST_F(ResctrlLimiting, needs_to_know_the_peak_where_limits_are_absolute) {
    tree.write("resctrl/schemata", "MB:0=2048;1=2048\n");
    tree.write("resctrl/info/MB/min_bandwidth", "1\n");
    tree.write("resctrl/info/MB/bandwidth_gran", "1\n");
    CpuOrder order = order_of(0.5, {limit_of("a.service")});
    hold(order);
    // A half of 40 GB/s for two caches, in eighths of a GB/s.
    EXPECT_EQ(groups->content("penstock.hogs/schemata"), "MB:0=80;1=80\n");
    order.peak = 0;
    hold(order);
    EXPECT_THAT(limits->trouble(), HasSubstr("nobody knows what memory can move"));
}

TEST(KernelControlGroups, are_folders) {
    const fakes::ScratchTree tree;
    KernelControlGroups groups(tree.root());
    ASSERT_TRUE(groups.make("g"));
    EXPECT_EQ(groups.make("g").error().code, EEXIST);
    EXPECT_EQ(groups.write("g", "tasks", "1\n").error().code, ENOENT);
    ASSERT_TRUE(groups.remove("g"));
    EXPECT_EQ(groups.remove("g").error().code, ENOENT);
}

}  // namespace
}  // namespace penstock
