// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "agent/probes/perf_group.h"
#include "agent/probes/real_machine.h"
#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

class RealMachineTest : public ::testing::Test {
  protected:
    fakes::ScratchTree tree_;
    RealMachine machine_ = RealMachine::below(tree_.root());
};

TEST_F(RealMachineTest, reads_lists_and_opens_below_its_roots) {
    tree_.write("sys/class/a/b", "text\n");
    EXPECT_EQ(machine_.read("sys/class/a/b").value(), "text\n");
    EXPECT_EQ(machine_.list("sys/class").value(), std::vector<std::string>{"a"});
    auto file = machine_.open("sys/class/a/b").value();
    std::array<char, 3> bytes{};
    EXPECT_EQ(file->read(bytes), 3U);
    EXPECT_EQ(file->read(bytes), 3U) << "from the start again";
    EXPECT_EQ(std::string_view(bytes.data(), 3), "tex");
}

TEST_F(RealMachineTest, tells_where_a_link_points_to) {
    tree_.write("sys/bus/x", "");
    ASSERT_EQ(::symlink("../devices/y", (tree_.root() + "/sys/bus/y").c_str()), 0);
    EXPECT_EQ(machine_.link("sys/bus/y").value(), "../devices/y");
    EXPECT_EQ(machine_.link("sys/bus/x").error().code, EINVAL);
}

TEST_F(RealMachineTest, knows_no_other_roots) {
    EXPECT_EQ(machine_.read("etc/passwd").error().code, ENOENT);
    EXPECT_EQ(machine_.read("").error().code, ENOENT);
    EXPECT_FALSE(machine_.list("system"));
}

TEST_F(RealMachineTest, refuses_files_that_are_too_long) {
    tree_.write("sys/long", std::string(100, 'x'));
    EXPECT_EQ(machine_.read("sys/long", 99).error().code, EFBIG);
    EXPECT_TRUE(machine_.read("sys/long", 100));
}

TEST_F(RealMachineTest, opens_no_counters_of_another_machine) {
    EXPECT_FALSE(machine_.open_counters(std::array{PerfEvent{}}, 0));
}

TEST(PerfGroup, is_neither_empty_nor_endless) {
    EXPECT_FALSE(open_perf_group({}, 0));
    EXPECT_FALSE(open_perf_group(std::vector<PerfEvent>(most_events_in_group + 1), 0));
}

TEST(PerfGroup, understands_what_the_kernel_writes) {
    const std::array<std::uint64_t, 7> words{2, 500, 250, 11, 1001, 22, 1002};
    const auto counts = counts_of(words, 2);
    ASSERT_TRUE(counts);
    EXPECT_EQ(counts->enabled, 500ns);
    EXPECT_EQ(counts->running, 250ns);
    EXPECT_EQ(counts->size, 2U);
    EXPECT_EQ(counts->values[0], 11U);
    EXPECT_EQ(counts->values[1], 22U);
}

TEST(PerfGroup, does_not_guess_at_other_shapes) {
    const std::array<std::uint64_t, 7> words{2, 500, 250, 11, 1001, 22, 1002};
    EXPECT_EQ(counts_of(std::span(words).first(6), 2).error(), EBADMSG);
    EXPECT_EQ(counts_of(words, 1).error(), EBADMSG);
    EXPECT_EQ(counts_of({}, 0).error(), EBADMSG);
    std::array<std::uint64_t, 5> absurd{1, ~std::uint64_t{0}, 0, 0, 0};
    EXPECT_EQ(counts_of(absurd, 1).error(), EBADMSG);
}

}  // namespace
}  // namespace penstock
