// SPDX-License-Identifier: Apache-2.0

#include "agent/state/traffic.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

Sample<BytesPerSecond> rate(std::uint64_t value, Confidence confidence = Confidence::counter) {
    return {.value = BytesPerSecond{value}, .source = "counted", .confidence = confidence};
}

TEST(Traffic, adds_reads_and_writes) {
    MemoryNode node{.read = rate(20), .written = rate(5, Confidence::heuristic)};
    derive_traffic(node, {});
    EXPECT_EQ(node.total.value, BytesPerSecond{25});
    EXPECT_EQ(node.total.confidence, Confidence::heuristic) << "no better than its worst part";
}

TEST(Traffic, keeps_a_total_that_was_counted) {
    MemoryNode node{.read = rate(20), .written = rate(5), .total = rate(30)};
    derive_traffic(node, {});
    EXPECT_EQ(node.total.value, BytesPerSecond{30});
}

TEST(Traffic, knows_no_total_from_reads_alone) {
    MemoryNode node{.read = rate(20)};
    derive_traffic(node, {});
    EXPECT_EQ(node.total.value, std::nullopt);
}

TEST(Traffic, takes_what_processors_did_not_ask_for_as_the_devices_share) {
    MemoryNode node{.total = rate(100), .cpu = rate(70)};
    derive_traffic(node, {});
    EXPECT_EQ(node.devices.value, BytesPerSecond{30});
    EXPECT_EQ(node.devices.confidence, Confidence::heuristic);
    MemoryNode ahead{.total = rate(100), .cpu = rate(120)};
    derive_traffic(ahead, {});
    EXPECT_EQ(ahead.devices.value, BytesPerSecond{0}) << "the two counters are not read at once";
}

TEST(Traffic, prefers_counted_shares_of_gpu_and_io) {
    MemoryNode node{.total = rate(100), .cpu = rate(70), .gpu = rate(20), .io = rate(5)};
    derive_traffic(node, {});
    EXPECT_EQ(node.devices.value, BytesPerSecond{25});
    EXPECT_EQ(node.devices.confidence, Confidence::counter);
}

TEST(Traffic, relates_traffic_to_the_peak) {
    MemoryNode node{.total = rate(25), .peak = rate(100)};
    derive_traffic(node, {});
    EXPECT_EQ(node.utilization.value, 0.25);
    node = {.total = rate(25), .peak = rate(0)};
    derive_traffic(node, {});
    EXPECT_EQ(node.utilization.value, std::nullopt);
}

TEST(Traffic, needs_no_peak_where_the_bus_counts_its_slots) {
    MemoryNode node{.total = rate(25), .peak = rate(100)};
    derive_traffic(node, {.clocks = {.value = 1000.0}, .slots = {.value = 500.0}});
    EXPECT_EQ(node.utilization.value, 0.25);
    EXPECT_EQ(node.peak.value, BytesPerSecond{100}) << "a given peak stays";
}

TEST(Traffic, takes_the_peak_from_the_clocks_when_nobody_gave_one) {
    MemoryNode node;
    derive_traffic(node, {.clocks = {.value = 2.4e9}});
    EXPECT_EQ(node.peak.value, BytesPerSecond{38'400'000'000}) << "DDR5-4800, one channel";
    EXPECT_EQ(node.peak.confidence, Confidence::derived);
}

}  // namespace
}  // namespace penstock
