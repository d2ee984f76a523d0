// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "agent/probes/resctrl/mbm_text.h"
#include "agent/probes/resctrl/resctrl_sources.h"
#include "tests/unit/host_probes/resctrl_stage.h"

namespace penstock {
namespace {

using fakes::write_mbm;
constexpr auto cpu_traffic = Quantity::dram_cpu;

TEST(ResctrlMbm, says_that_a_kernel_without_it_has_none) {
    fakes::Stage stage;
    EXPECT_EQ(stage.says(*make_resctrl_mbm({})),
              "this kernel or processor has no resctrl: there is no /sys/fs/resctrl");
}

TEST(ResctrlMbm, says_how_to_mount_it) {
    fakes::Stage stage;
    stage.write("sys/fs/resctrl/x", "");
    stage.remove("sys/fs/resctrl/x");
    EXPECT_EQ(stage.says(*make_resctrl_mbm({})),
              "resctrl is not mounted: mount -t resctrl resctrl /sys/fs/resctrl");
}

TEST(ResctrlMbm, says_that_a_processor_which_only_allocates_monitors_nothing) {
    fakes::Stage stage;
    stage.write("sys/fs/resctrl/schemata", "L3:0=fff\n");
    EXPECT_EQ(stage.says(*make_resctrl_mbm({})),
              "resctrl monitors nothing on this processor: it has no mon_data");
}

TEST(ResctrlMbm, says_that_a_processor_which_counts_only_its_cache_has_no_mbm) {
    fakes::Stage stage;
    stage.write("sys/fs/resctrl/mon_data/mon_L3_00/llc_occupancy", "4096\n");
    EXPECT_EQ(stage.says(*make_resctrl_mbm({})),
              "resctrl counts no memory traffic on this processor: it has no MBM");
}

TEST(ResctrlMbm, reads_a_recorded_machine_and_adds_its_four_caches) {
    fakes::Stage stage(std::string(MACHINES) + "/goresctrl");
    const auto source = make_resctrl_mbm({});

    EXPECT_EQ(stage.says(*source),
              "what processors ask of 1 memory nodes, summed over 2 control groups");
    stage.read(*source);
    stage.read(*source);
    EXPECT_EQ(stage.of(memory_node(0), cpu_traffic).value, 0.0);
}

TEST(ResctrlMbm, counts_at_the_memory_node_of_the_cache) {
    fakes::Stage stage;
    fakes::write_two_nodes(stage);
    write_mbm(stage, "", "mon_L3_00", "1000");
    write_mbm(stage, "", "mon_L3_01", "5000");
    const auto source = make_resctrl_mbm({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);

    write_mbm(stage, "", "mon_L3_00", "1300");
    write_mbm(stage, "", "mon_L3_01", "5070");
    stage.read(*source);

    EXPECT_EQ(stage.of(memory_node(0), cpu_traffic).value, 300.0);
    EXPECT_EQ(stage.of(memory_node(1), cpu_traffic).value, 70.0);
}

TEST(ResctrlMbm, is_an_estimate_where_processors_reach_several_nodes) {
    fakes::Stage stage;
    fakes::write_two_nodes(stage);
    write_mbm(stage, "", "mon_L3_00", "0");
    const auto source = make_resctrl_mbm({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);
    stage.read(*source);
    EXPECT_EQ(stage.of(memory_node(0), cpu_traffic).confidence, Confidence::derived);
}

TEST(ResctrlMbm, refuses_a_cache_whose_node_nobody_tells) {
    fakes::Stage stage;
    fakes::write_two_nodes(stage);
    write_mbm(stage, "", "mon_L3_07", "0");
    EXPECT_EQ(stage.says(*make_resctrl_mbm({})),
              "sysfs does not tell the memory node of L3 cache 7");
}

TEST(ResctrlMbm, takes_the_nodes_of_a_divided_cache_and_not_their_sum) {
    fakes::Stage stage;
    fakes::write_two_nodes(stage);
    write_mbm(stage, "", "mon_L3_00", "0");
    write_mbm(stage, "", "mon_L3_00/mon_sub_L3_00", "0");
    write_mbm(stage, "", "mon_L3_00/mon_sub_L3_01", "0");
    const auto source = make_resctrl_mbm({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);

    write_mbm(stage, "", "mon_L3_00", "999");
    write_mbm(stage, "", "mon_L3_00/mon_sub_L3_00", "100");
    write_mbm(stage, "", "mon_L3_00/mon_sub_L3_01", "20");
    stage.read(*source);

    EXPECT_EQ(stage.of(memory_node(0), cpu_traffic).value, 100.0);
    EXPECT_EQ(stage.of(memory_node(1), cpu_traffic).value, 20.0);
}

TEST(ResctrlMbm, adds_control_groups_but_not_the_monitoring_groups_that_they_contain) {
    fakes::Stage stage;
    for (const std::string group : {"", "hogs", "mon_groups/a", "hogs/mon_groups/b"}) {
        write_mbm(stage, group, "mon_L3_00", "0");
    }
    const auto source = make_resctrl_mbm({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);

    write_mbm(stage, "", "mon_L3_00", "100");
    write_mbm(stage, "mon_groups/a", "mon_L3_00", "40");
    write_mbm(stage, "hogs", "mon_L3_00", "7");
    write_mbm(stage, "hogs/mon_groups/b", "mon_L3_00", "5");
    stage.read(*source);

    EXPECT_EQ(stage.of(memory_node(0), cpu_traffic).value, 107.0);
}

TEST(ResctrlMbm, knows_nothing_while_one_group_is_not_counted_and_says_why) {
    for (const auto& [word, reason] :
         {std::pair{"Unavailable", "resctrl: the hardware counts other groups now"},
          std::pair{"Error", "resctrl: the hardware reports an error of its counter"},
          std::pair{"Unassigned", "resctrl: the group has no counter assigned"},
          std::pair{"-1", "resctrl: its file holds no number"},
          std::pair{"18446744073709551616", "resctrl: its file holds no number"},
          std::pair{"", "resctrl: its file holds no number"}}) {
        fakes::Stage stage;
        write_mbm(stage, "", "mon_L3_00", "0");
        write_mbm(stage, "hogs", "mon_L3_00", word);
        const auto source = make_resctrl_mbm({});
        ASSERT_TRUE(stage.opens(*source));
        stage.read(*source);
        stage.read(*source);

        EXPECT_EQ(stage.of(memory_node(0), cpu_traffic).value, std::nullopt);
        EXPECT_EQ(stage.why(memory_node(0), cpu_traffic), reason);
    }
}

TEST(ResctrlMbm, counts_on_after_a_gap_without_what_happened_in_it) {
    fakes::Stage stage;
    write_mbm(stage, "", "mon_L3_00", "0");
    const auto source = make_resctrl_mbm({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);
    write_mbm(stage, "", "mon_L3_00", "Unavailable");
    stage.read(*source);
    write_mbm(stage, "", "mon_L3_00", "5000000");
    stage.read(*source);
    EXPECT_EQ(stage.of(memory_node(0), cpu_traffic).value, std::nullopt);

    write_mbm(stage, "", "mon_L3_00", "5000050");
    stage.read(*source);
    EXPECT_EQ(stage.of(memory_node(0), cpu_traffic).value, 50.0);
}

TEST(ResctrlMbm, loses_one_interval_and_no_more_when_a_group_takes_its_count_away) {
    fakes::Stage stage;
    write_mbm(stage, "", "mon_L3_00", "9000");
    const auto source = make_resctrl_mbm({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);
    write_mbm(stage, "", "mon_L3_00", "100");
    stage.read(*source);
    EXPECT_EQ(stage.why(memory_node(0), cpu_traffic),
              "resctrl: a monitoring group has gone, and with it what it had counted");

    stage.read(*source);
    write_mbm(stage, "", "mon_L3_00", "130");
    stage.read(*source);
    EXPECT_EQ(stage.of(memory_node(0), cpu_traffic).value, 30.0);
    EXPECT_EQ(stage.odd(), 0);
}

TEST(ResctrlMbm, does_not_believe_a_leap_that_no_memory_can_make) {
    fakes::Stage stage;
    write_mbm(stage, "", "mon_L3_00", "0");
    const auto source = make_resctrl_mbm({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);
    write_mbm(stage, "", "mon_L3_00", "18446744073709551615");
    stage.read(*source);
    EXPECT_EQ(stage.why(memory_node(0), cpu_traffic),
              "resctrl: it counted more than memory can move");
}

TEST(ResctrlMbm, sees_groups_that_come_and_forgets_those_that_go) {
    fakes::Stage stage;
    write_mbm(stage, "", "mon_L3_00", "0");
    const auto source = make_resctrl_mbm({});
    ASSERT_TRUE(stage.opens(*source));
    stage.read(*source);
    write_mbm(stage, "hogs", "mon_L3_00", "0");
    stage.read(*source);
    write_mbm(stage, "hogs", "mon_L3_00", "60");
    stage.read(*source);
    EXPECT_EQ(stage.of(memory_node(0), cpu_traffic).value, 60.0);

    stage.remove("sys/fs/resctrl/hogs");
    stage.read(*source);
    stage.read(*source);
    EXPECT_EQ(stage.of(memory_node(0), cpu_traffic).value, 0.0);
}

TEST(ResctrlMbm, wants_to_be_opened_again_when_resctrl_is_unmounted) {
    fakes::Stage stage;
    write_mbm(stage, "", "mon_L3_00", "0");
    const auto source = make_resctrl_mbm({});
    ASSERT_TRUE(stage.opens(*source));
    EXPECT_TRUE(stage.read(*source));
    stage.remove("sys/fs/resctrl");
    EXPECT_FALSE(stage.read(*source));
}

TEST(MbmText, ignores_the_zeros_that_pad_a_page) {
    const std::string page = "1234\n" + std::string(4091, '\0');
    EXPECT_EQ(parse_mbm(page), 1234);
}

}  // namespace
}  // namespace penstock
