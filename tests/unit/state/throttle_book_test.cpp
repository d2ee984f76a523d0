// SPDX-License-Identifier: Apache-2.0

#include "agent/state/throttle_book.h"

#include <gtest/gtest.h>

#include <limits>

#include "agent/state/machine_state.h"
#include "tests/fakes/readings.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

MemoryNode busy_node(TimePoint taken, std::uint32_t number = 0) {
    MemoryNode node{.number = number};
    node.total = {.value = BytesPerSecond{97}, .source = "counted", .taken = taken};
    node.peak = {.value = BytesPerSecond{100}, .confidence = Confidence::derived};
    return node;
}

TEST(UseOfANode, is_its_traffic_as_a_share_of_the_peak) {
    const auto use = use_of(busy_node(TimePoint(1s)));
    ASSERT_TRUE(use);
    EXPECT_DOUBLE_EQ(use->share, 0.97);
    EXPECT_EQ(use->taken, TimePoint(1s));
}

TEST(UseOfANode, is_unknown_where_traffic_is_guessed_or_the_peak_is_unknown) {
    MemoryNode node = busy_node({});
    node.total.confidence = Confidence::heuristic;
    EXPECT_FALSE(use_of(node));
    node.total.confidence = Confidence::derived;
    EXPECT_FALSE(use_of(node));
    node = busy_node({});
    node.peak.value.reset();
    EXPECT_FALSE(use_of(node));
    node = busy_node({});
    node.peak.value = BytesPerSecond{0};
    EXPECT_FALSE(use_of(node));
    node = busy_node({});
    node.total.value.reset();
    EXPECT_FALSE(use_of(node));
}

TEST(UseOfANode, is_the_calibrated_pressure_where_nothing_counts) {
    MemoryNode node;
    node.pressure = {.value = 1.1, .confidence = Confidence::heuristic, .taken = TimePoint(2s)};
    const auto use = use_of(node);
    ASSERT_TRUE(use);
    EXPECT_EQ(use->share, 1.1);
    EXPECT_EQ(use->confidence, Confidence::heuristic);
}

TEST(ThrottleBook, keeps_nodes_apart_also_when_one_comes_later) {
    ThrottleBook book;
    std::vector<MemoryNode> nodes{busy_node({}, 5)};
    TimePoint now(1s);
    const auto tick = [&] {
        for (MemoryNode& node : nodes) {
            node.total.taken = now;
        }
        book.absorb(nodes, now);
        now += 10ms;
    };
    tick();
    nodes.insert(nodes.begin(), busy_node({}, 2));
    tick();
    EXPECT_EQ(nodes[0].throttle.level, ThrottleLevel::none) << "one sample is not enough";
    EXPECT_EQ(nodes[1].throttle.level, ThrottleLevel::fall_back);
    tick();
    EXPECT_EQ(nodes[0].throttle.level, ThrottleLevel::fall_back);
}

TEST(Aim, is_bounded_and_needs_a_node) {
    std::vector<MemoryNode> nodes{busy_node({})};
    EXPECT_TRUE(aim(nodes, 0, 0.1));
    EXPECT_TRUE(aim(nodes, 0, 0.9));
    EXPECT_EQ(nodes[0].throttle.target, 0.9);
    for (const double wrong : {0.09, 0.91, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
        EXPECT_FALSE(aim(nodes, 0, wrong)) << wrong;
    }
    EXPECT_FALSE(aim(nodes, 1, 0.5));
    EXPECT_EQ(nodes[0].throttle.target, 0.9);
}

TEST(MachineState, makes_levels_of_what_is_measured) {
    MachineState state;
    TimePoint now(1s);
    for (int tick = 0; tick < 3; ++tick, now += 10ms) {
        Readings readings;
        readings.levels = {fakes::level(Quantity::dram_total, memory_node(0), 96.0, now),
                           fakes::level(Quantity::dram_peak, memory_node(0), 100.0, now)};
        state.absorb(readings, now);
    }
    EXPECT_EQ(state.snapshot().memory.at(0).throttle.level, ThrottleLevel::fall_back);
    EXPECT_TRUE(state.aim(0, 0.5));
    EXPECT_EQ(state.snapshot().memory.at(0).throttle.target, 0.5);
}

}  // namespace
}  // namespace penstock
