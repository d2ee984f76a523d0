// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "agent/probes/resctrl/resctrl_sources.h"
#include "tests/unit/host_probes/resctrl_stage.h"

namespace penstock {
namespace {

using fakes::write_mbm;
using testing::ElementsAre;
using testing::IsEmpty;
constexpr Client client{.owner = OwnerId{5}, .pid = 300};
constexpr Place place = place_of(OwnerId{5});
constexpr auto traffic = Quantity::dram_total;

class Groups : public testing::Test {
  protected:
    Groups() {
        write_mbm(stage_, "", "mon_L3_00", "0");
        stage_.write("sys/fs/resctrl/info/last_cmd_status", "ok\n");
        stage_.write("proc/300/task/300/x", "");
        stage_.write("proc/300/task/301/x", "");
    }

    std::unique_ptr<Source> make(bool wanted = true) {
        return make_resctrl_groups_with({.resctrl_groups = wanted},
                                        std::make_unique<fakes::FolderGroups>(stage_, record_));
    }

    fakes::Stage stage_;
    fakes::GroupRecord record_;
};

TEST_F(Groups, are_not_made_unless_somebody_asks_for_them) {
    const auto source = make(false);
    source->follow(client);

    EXPECT_EQ(stage_.says(*source),
              "groups for single processes are not asked for (penstockd --resctrl-groups): they "
              "take monitoring ids");
    EXPECT_THAT(record_.there, IsEmpty());
}

TEST_F(Groups, get_every_thread_of_the_process_twice_each_by_itself) {
    const auto source = make();
    source->follow(client);
    ASSERT_TRUE(stage_.opens(*source));
    stage_.read(*source);

    EXPECT_THAT(record_.there, ElementsAre("penstock.300"));
    EXPECT_THAT(record_.moved, ElementsAre(300, 301, 300, 301));
}

TEST_F(Groups, tell_what_the_process_asks_of_memory) {
    const auto source = make();
    source->follow(client);
    ASSERT_TRUE(stage_.opens(*source));
    stage_.read(*source);
    write_mbm(stage_, "mon_groups/penstock.300", "mon_L3_00", "640");
    stage_.read(*source);

    EXPECT_EQ(stage_.of(place, traffic).value, 640.0);
}

TEST_F(Groups, do_not_mind_a_thread_that_has_ended) {
    record_.ended = {301};
    const auto source = make();
    source->follow(client);
    ASSERT_TRUE(stage_.opens(*source));
    stage_.read(*source);
    stage_.read(*source);

    EXPECT_EQ(stage_.of(place, traffic).value, 0.0);
}

TEST_F(Groups, are_removed_when_the_owner_leaves) {
    const auto source = make();
    source->follow(client);
    ASSERT_TRUE(stage_.opens(*source));
    stage_.read(*source);
    source->leave(client.owner);

    EXPECT_THAT(record_.there, IsEmpty());
    stage_.read(*source);
    EXPECT_THAT(stage_.readings().counters, IsEmpty());
}

TEST_F(Groups, are_removed_when_the_source_ends) {
    auto source = make();
    source->follow(client);
    ASSERT_TRUE(stage_.opens(*source));
    stage_.read(*source);
    source.reset();

    EXPECT_THAT(record_.removed, ElementsAre("penstock.300"));
}

TEST_F(Groups, of_an_agent_that_was_killed_are_removed_at_the_start_and_no_others) {
    write_mbm(stage_, "mon_groups/penstock.17", "mon_L3_00", "0");
    write_mbm(stage_, "mon_groups/somebody", "mon_L3_00", "0");
    const auto source = make();
    ASSERT_TRUE(stage_.opens(*source));

    EXPECT_THAT(record_.removed, ElementsAre("penstock.17"));
}

TEST_F(Groups, that_the_processor_has_no_ids_for_are_tried_again_later) {
    record_.refusals = {ENOSPC, EBUSY};
    const auto source = make();
    source->follow(client);
    ASSERT_TRUE(stage_.opens(*source));
    stage_.read(*source);
    EXPECT_EQ(stage_.why(place, traffic), "resctrl: all monitoring ids of the processor are taken");

    stage_.read(*source, std::chrono::seconds(9));
    EXPECT_THAT(record_.there, IsEmpty());
    stage_.read(*source, std::chrono::seconds(2));
    EXPECT_EQ(stage_.why(place, traffic),
              "resctrl: the ids of former groups are not free again yet");

    stage_.read(*source, std::chrono::seconds(11));
    EXPECT_THAT(record_.there, ElementsAre("penstock.300"));
}

TEST_F(Groups, say_what_to_change_when_the_agent_may_not_make_them) {
    record_.refusals = {EACCES};
    const auto source = make();
    source->follow(client);
    ASSERT_TRUE(stage_.opens(*source));
    stage_.read(*source);

    EXPECT_EQ(
        stage_.why(place, traffic),
        "make penstock.300: Permission denied; the agent's user must be allowed to write there");
}

TEST_F(Groups, replace_one_of_the_same_name) {
    record_.refusals = {EEXIST};
    const auto source = make();
    source->follow(client);
    ASSERT_TRUE(stage_.opens(*source));
    stage_.read(*source);

    EXPECT_THAT(record_.removed, ElementsAre("penstock.300"));
    EXPECT_THAT(record_.there, ElementsAre("penstock.300"));
}

TEST_F(Groups, give_the_kernels_words_when_it_does_not_let_a_thread_in) {
    record_.refuses_moves = EINVAL;
    stage_.write("sys/fs/resctrl/info/last_cmd_status",
                 "Can't move task to different control group\n");
    const auto source = make();
    source->follow(client);
    ASSERT_TRUE(stage_.opens(*source));
    stage_.read(*source);

    EXPECT_EQ(
        stage_.why(place, traffic),
        "move to penstock.300: Invalid argument (Can't move task to different control group)");
    EXPECT_THAT(record_.there, IsEmpty());
}

TEST_F(Groups, are_not_kept_for_a_process_that_has_ended) {
    record_.ended = {300, 301};
    const auto source = make();
    source->follow(client);
    ASSERT_TRUE(stage_.opens(*source));
    stage_.read(*source);

    EXPECT_EQ(stage_.why(place, traffic), "resctrl: the process has ended");
    EXPECT_THAT(record_.there, IsEmpty());
}

TEST_F(Groups, beyond_the_limit_are_not_made_and_it_is_said) {
    const auto source = make();
    for (std::uint32_t number = 0; number <= 64; ++number) {
        const std::string pid = std::to_string(1000 + number);
        std::string task = "proc/";
        task.append(pid).append("/task/").append(pid).append("/x");
        stage_.write(task, "");
        source->follow({.owner = OwnerId{100 + number}, .pid = 1000 + number});
    }
    ASSERT_TRUE(stage_.opens(*source));
    stage_.read(*source);

    EXPECT_EQ(record_.there.size(), 64);
    EXPECT_EQ(stage_.why(place_of(OwnerId{164}), traffic),
              "resctrl: too many processes have groups already");

    source->leave(OwnerId{100});
    stage_.read(*source);
    stage_.read(*source);
    EXPECT_EQ(stage_.of(place_of(OwnerId{164}), traffic).value, 0.0);
}

TEST_F(Groups, say_what_the_hardware_says) {
    const auto source = make();
    source->follow(client);
    ASSERT_TRUE(stage_.opens(*source));
    stage_.read(*source);
    write_mbm(stage_, "mon_groups/penstock.300", "mon_L3_00", "Unassigned");
    stage_.read(*source);

    EXPECT_EQ(stage_.why(place, traffic), "resctrl: the group has no counter assigned");
}

TEST(KernelResctrlGroups, write_one_thread_to_the_groups_tasks) {
    fakes::ScratchTree tree;
    tree.write("mon_groups/x", "");
    KernelResctrlGroups groups(tree.root());
    ASSERT_TRUE(groups.make("penstock.1"));
    tree.write("mon_groups/penstock.1/tasks", "");

    ASSERT_TRUE(groups.move("penstock.1", 4711));

    std::stringstream written;
    written << std::ifstream(tree.root() + "/mon_groups/penstock.1/tasks").rdbuf();
    EXPECT_EQ(written.str(), "4711\n");
}

TEST(KernelResctrlGroups, hand_on_the_kernels_errno) {
    fakes::ScratchTree tree;
    tree.write("mon_groups/penstock.1/tasks", "");
    KernelResctrlGroups groups(tree.root());

    EXPECT_EQ(groups.make("penstock.1").error().code, EEXIST);
    EXPECT_EQ(groups.remove("penstock.2").error().code, ENOENT);
    EXPECT_EQ(groups.move("penstock.2", 1).error().code, ENOENT);
}

TEST(KernelResctrlGroups, remove_an_empty_group) {
    fakes::ScratchTree tree;
    tree.write("mon_groups/x", "");
    KernelResctrlGroups groups(tree.root());
    ASSERT_TRUE(groups.make("penstock.1"));
    EXPECT_TRUE(groups.remove("penstock.1"));
    EXPECT_FALSE(groups.remove("penstock.1"));
}

}  // namespace
}  // namespace penstock
