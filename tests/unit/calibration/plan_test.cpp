// SPDX-License-Identifier: Apache-2.0
//
// What is looked up of the machine before anything is measured.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/probes/calibration/memory_plan.h"
#include "agent/probes/calibration/neighbours.h"
#include "agent/probes/calibration/processors.h"
#include "agent/probes/real_machine.h"
#include "tests/fakes/temporary_tree.h"

namespace penstock::calibration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t mebibyte = 1 << 20;

class PlanTest : public ::testing::Test {
  protected:
    void cpu(int number, const std::string& file, std::string_view text) const {
        tree_.write("sys/devices/system/cpu/cpu" + std::to_string(number) + "/" + file, text);
    }

    void cache(int number, std::string_view shared, std::string_view size) const {
        cpu(number, "cache/index0/level", "1\n");
        cpu(number, "cache/index0/size", "32K\n");
        cpu(number, "cache/index1/level", "3\n");
        cpu(number, "cache/index1/size", size);
        cpu(number, "cache/index1/shared_cpu_list", shared);
    }

    fakes::TemporaryTree tree_;
    RealMachine machine_ = RealMachine::below(tree_.root());
};

TEST(Numbers, are_read_from_the_lists_of_sysfs) {
    EXPECT_THAT(*numbers_in("0-3,8\n"), ElementsAre(0, 1, 2, 3, 8));
    EXPECT_THAT(*numbers_in("5"), ElementsAre(5));
}

TEST(Numbers, are_refused_from_anything_else) {
    for (const std::string_view wrong :
         {"", "\n", "a", "3-1", "-1", "0-", "0,,1", "0-99999", "1 2", "0-4294967296"}) {
        EXPECT_EQ(numbers_in(wrong), std::nullopt) << wrong;
    }
    std::string endless = "0-65535";
    for (int each = 0; each < 3; ++each) {
        endless += ",0-65535";
    }
    EXPECT_EQ(numbers_in(endless), std::nullopt);
}

TEST_F(PlanTest, takes_one_processor_of_each_core) {
    for (int each = 0; each < 4; ++each) {
        cpu(each, "topology/thread_siblings_list", each < 2 ? "0-1\n" : "2-3\n");
    }
    const auto nodes = cores_by_node(machine_, {0, 1, 2, 3});
    ASSERT_EQ(nodes.size(), 1U);
    EXPECT_EQ(nodes[0].node, 0U);
    EXPECT_THAT(nodes[0].processors, ElementsAre(0, 2));
}

TEST_F(PlanTest, takes_every_processor_where_cores_are_unknown) {
    EXPECT_THAT(cores_by_node(machine_, {0, 1}).front().processors, ElementsAre(0, 1));
}

TEST_F(PlanTest, tells_the_nodes_apart_and_leaves_out_those_without_processors) {
    tree_.write("sys/devices/system/node/has_memory", "0-2\n");
    tree_.write("sys/devices/system/node/node0/cpulist", "0-1\n");
    tree_.write("sys/devices/system/node/node1/cpulist", "2-3\n");
    tree_.write("sys/devices/system/node/node2/cpulist", "\n");
    const auto nodes = cores_by_node(machine_, {0, 1, 2});
    ASSERT_EQ(nodes.size(), 2U);
    EXPECT_EQ(nodes[1].node, 1U);
    EXPECT_THAT(nodes[1].processors, ElementsAre(2));
    EXPECT_THAT(memory_nodes(machine_), ElementsAre(0, 1, 2));
}

TEST_F(PlanTest, takes_at_most_64_cores_and_16_nodes) {
    std::vector<int> many(100);
    for (int each = 0; each < 100; ++each) {
        many[static_cast<std::size_t>(each)] = each;
    }
    EXPECT_EQ(cores_by_node(machine_, many).front().processors.size(), 64U);
    tree_.write("sys/devices/system/node/has_memory", "0-99");
    EXPECT_EQ(memory_nodes(machine_).size(), 16U);
}

TEST_F(PlanTest, adds_up_the_caches_that_are_not_shared) {
    cache(0, "0-1", "32768K");
    cache(1, "0-1", "32768K");
    cache(2, "2-3", "16M");
    const CacheSizes sizes = last_level_caches(machine_, {0, 1, 2});
    EXPECT_EQ(sizes.largest, 32 * mebibyte);
    EXPECT_EQ(sizes.together, 48 * mebibyte);
}

TEST_F(PlanTest, knows_no_cache_where_sysfs_tells_none_or_nonsense) {
    EXPECT_EQ(last_level_caches(machine_, {0}).largest, 0U);
    for (const std::string_view wrong :
         {"-1K", "99999999999999999999K", "32", "K", "17179869184K"}) {
        cache(0, "0", wrong);
        EXPECT_EQ(last_level_caches(machine_, {0}).largest, 0U) << wrong;
    }
}

TEST_F(PlanTest, knows_the_available_memory_within_all_its_control_groups) {
    tree_.write("proc/meminfo", "MemTotal: 9 kB\nMemAvailable:   4096 kB\n");
    EXPECT_EQ(available_memory(machine_), 4 * mebibyte);
    tree_.write("proc/self/cgroup", "1:cpu:/elsewhere\n0::/a/b\n");
    tree_.write("sys/fs/cgroup/a/b/memory.max", "max\n");
    tree_.write("sys/fs/cgroup/a/memory.max", "3145728\n");
    tree_.write("sys/fs/cgroup/a/memory.current", "1048576\n");
    EXPECT_EQ(available_memory(machine_), 2 * mebibyte);
    tree_.write("sys/fs/cgroup/a/memory.current", "9999999\n");
    EXPECT_EQ(available_memory(machine_), 0U);
}

TEST_F(PlanTest, does_not_guess_how_much_memory_there_is) {
    EXPECT_FALSE(available_memory(machine_));
    tree_.write("proc/meminfo", "MemAvailable: much\n");
    EXPECT_FALSE(available_memory(machine_));
}

TEST(Buffer, is_four_times_the_caches) {
    EXPECT_EQ(buffer_bytes_for(32 * mebibyte, 100'000 * mebibyte), 128 * mebibyte);
    EXPECT_EQ(buffer_bytes_for(1 * mebibyte, 100'000 * mebibyte), 64 * mebibyte);
    EXPECT_EQ(buffer_bytes_for(0, 100'000 * mebibyte), 256 * mebibyte);
}

TEST(Buffer, is_at_most_an_eighth_of_the_available_memory_and_4_gib) {
    EXPECT_EQ(buffer_bytes_for(480 * mebibyte, 9600 * mebibyte), 1200 * mebibyte);
    EXPECT_EQ(buffer_bytes_for(1536 * mebibyte, 1'000'000 * mebibyte), 4096 * mebibyte);
}

TEST(Buffer, is_refused_where_it_would_measure_a_cache) {
    const auto bytes = buffer_bytes_for(480 * mebibyte, 7679 * mebibyte);
    ASSERT_FALSE(bytes);
    EXPECT_THAT(bytes.error().message(),
                HasSubstr("caches of 480 MiB need a buffer of at least 960 MiB, but 959 MiB is"));
    EXPECT_TRUE(buffer_bytes_for(480 * mebibyte, 7680 * mebibyte));
    EXPECT_FALSE(buffer_bytes_for(1 * mebibyte, 100 * mebibyte));
}

TEST(Steal, is_read_from_the_first_line) {
    const auto ticks = processor_ticks("cpu  10 20 30 400 50 6 7 8 9 1\ncpu0 1 2\n");
    ASSERT_TRUE(ticks);
    EXPECT_EQ(ticks->all, 531U);
    EXPECT_EQ(ticks->idle, 450U);
    EXPECT_EQ(ticks->stolen, 8U);
}

TEST(Steal, is_unknown_from_anything_else) {
    for (const std::string_view wrong : {"",
                                         "cpu",
                                         "cpu  ",
                                         "cpu0 1 2 3 4 5 6 7 8",
                                         "cpu  1 2 3 4 5 6 7",
                                         "cpu  1 2 x 4 5 6 7 8"}) {
        EXPECT_FALSE(processor_ticks(wrong)) << wrong;
    }
}

TEST(Steal, counts_above_one_percent_of_the_time) {
    EXPECT_FALSE(stolen_between({.all = 0}, {.stolen = 1, .all = 100}));
    EXPECT_TRUE(stolen_between({.all = 0}, {.stolen = 2, .all = 100}));
    EXPECT_TRUE(stolen_between({.all = 0}, {.stolen = 1, .all = 4}));
    EXPECT_FALSE(stolen_between({.stolen = 5, .all = 4}, {.stolen = 4, .all = 8}));
    EXPECT_FALSE(stolen_between({.all = 4}, {.stolen = 1, .all = 4}));
}

// Of 200 ticks 100 were idle and 60 ours.
TEST(Neighbours, have_what_is_neither_idle_nor_ours) {
    EXPECT_EQ(share_of_others({.idle = 1, .all = 10}, {.idle = 101, .all = 210}, 60), 0.2);
}

TEST(Neighbours, have_nothing_when_the_clocks_disagree) {
    EXPECT_EQ(share_of_others({.idle = 0, .all = 0}, {.idle = 90, .all = 100}, 11), 0);
    EXPECT_EQ(share_of_others({.idle = 0, .all = 9}, {.idle = 0, .all = 9}, 0), 0);
    EXPECT_EQ(share_of_others({.idle = 5, .all = 9}, {.idle = 0, .all = 19}, 0), 0);
}

}  // namespace
}  // namespace penstock::calibration
