// SPDX-License-Identifier: Apache-2.0
//
// Readings find their way into the snapshot.

#include <gtest/gtest.h>

#include "agent/state/machine_state.h"
#include "tests/fakes/happenings.h"
#include "tests/fakes/readings.h"

namespace penstock {
namespace {

using fakes::counter;
using fakes::first_gpu;
using fakes::first_source;
using fakes::level;
using fakes::owner_appears;
using fakes::owner_vanishes;
using namespace std::chrono_literals;

constexpr Place node = memory_node(0);

TEST(Measured, shows_a_memory_node_once_something_of_it_is_measured) {
    MachineState state;
    EXPECT_TRUE(state.absorb({}, TimePoint(1s)).memory.empty());
    const Snapshot& seen =
        state.absorb({.levels = {level(Quantity::dram_read, memory_node(1), 10, TimePoint(2s)),
                                 level(Quantity::dram_written, memory_node(1), 20, TimePoint(2s)),
                                 level(Quantity::dram_peak, memory_node(1), 120, TimePoint(2s)),
                                 level(Quantity::dram_read, memory_node(0), 7, TimePoint(2s))}},
                     TimePoint(2s));
    ASSERT_EQ(seen.memory.size(), 2U);
    EXPECT_EQ(seen.memory[0].number, 0U);
    EXPECT_EQ(seen.memory[0].written.value, std::nullopt) << "unknown is never 0";
    EXPECT_EQ(seen.memory[1].read.value, BytesPerSecond{10});
    EXPECT_EQ(seen.memory[1].total.value, BytesPerSecond{30});
    EXPECT_EQ(seen.memory[1].utilization.value, 0.25);
}

TEST(Measured, keeps_a_rate_between_readings_and_drops_it_when_it_has_become_unknown) {
    MachineState state;
    state.absorb({.levels = {level(Quantity::dram_read, node, 10, TimePoint(1s))}}, TimePoint(1s));
    EXPECT_EQ(state.absorb({}, TimePoint(2s)).memory.at(0).read.value, BytesPerSecond{10});
    LevelReading lost = level(Quantity::dram_read, node, std::nullopt, TimePoint(3s));
    lost.by.origin = "counter lost";
    const Snapshot& seen = state.absorb({.levels = {lost}}, TimePoint(3s));
    EXPECT_EQ(seen.memory.at(0).read.value, std::nullopt);
    EXPECT_EQ(seen.memory.at(0).read.source, "counter lost");
}

TEST(Measured, expires_what_nobody_says_again) {
    MachineState state;
    state.absorb({.levels = {level(Quantity::dram_read, node, 10, TimePoint(1s))}}, TimePoint(1s));
    EXPECT_EQ(state.absorb({}, TimePoint(12s)).memory.at(0).read.value, std::nullopt);
}

TEST(Measured, says_of_devices_that_nobody_measures_them) {
    MachineState state;
    const Snapshot& seen = state.absorb({.devices = {{.gpu = first_gpu}}}, TimePoint(1s));
    EXPECT_EQ(seen.devices.at(0).use.vram.value, std::nullopt);
    EXPECT_EQ(seen.devices.at(0).use.vram.source, "no source measures it on this machine");
}

TEST(Measured, prefers_a_device_s_energy_counter_to_its_power) {
    MachineState state;
    const Place gpu = place_of(first_gpu);
    for (const std::uint64_t second : {1U, 2U}) {
        const TimePoint now(second * 1s);
        state.absorb({.devices = {{.gpu = first_gpu}},
                      .counters = {counter(Quantity::energy_device, gpu, second * 30, now)},
                      .levels = {level(Quantity::power_device, gpu, 50, now)}},
                     now);
    }
    const DeviceUse& use = state.snapshot().devices.at(0).use;
    EXPECT_EQ(use.power.value, 30.0);
    EXPECT_EQ(use.energy.value, 30.0);
}

TEST(Measured, keeps_measurements_when_devices_are_announced_again) {
    MachineState state;
    state.absorb({.devices = {{.gpu = first_gpu}},
                  .levels = {level(Quantity::link_sent, place_of(first_gpu), 5, TimePoint(1s))}},
                 TimePoint(1s));
    const Snapshot& seen =
        state.absorb({.devices = {{.gpu = first_gpu, .name = "renamed"}}}, TimePoint(2s));
    EXPECT_EQ(seen.devices.at(0).use.pcie_sent.value, BytesPerSecond{5});
}

TEST(Measured, measures_owners_until_they_vanish) {
    MachineState state;
    const Readings used{
        .queue_events = {owner_appears(1)},
        .levels = {level(Quantity::vram_used, place_of(OwnerId{1}), 4096, TimePoint(1s))}};
    EXPECT_EQ(state.absorb(used, TimePoint(1s)).owners.at(0).use.vram.value, 4096U);
    state.absorb({.queue_events = {owner_vanishes(1)}}, TimePoint(2s));
    const Snapshot& seen = state.absorb({.queue_events = {owner_appears(1)}}, TimePoint(3s));
    EXPECT_EQ(seen.owners.at(0).use.vram.value, std::nullopt);
}

TEST(Measured, lists_sources_in_order_of_preference) {
    MachineState state;
    const SourceState late{.name = "b", .standing = Standing::later, .reason = "asleep"};
    const SourceState good{.name = "a", .standing = Standing::available, .reason = "2 boxes"};
    state.absorb({.sources = {{.source = {.kind = 2}, .state = late}}}, TimePoint(1s));
    state.absorb({.sources = {{.source = {.kind = 1}, .state = good}}}, TimePoint(2s));
    const std::vector<SourceState> expected{good, late};
    EXPECT_EQ(state.snapshot().sources, expected);
}

TEST(Measured, forgets_the_counts_of_a_source_that_was_opened_again) {
    MachineState state;
    state.absorb({.counters = {counter(Quantity::dram_read, node, 1000, TimePoint(1s))}},
                 TimePoint(1s));
    state.absorb({.counters = {counter(Quantity::dram_read, node, 10, TimePoint(2s))},
                  .reopened = {first_source}},
                 TimePoint(2s));
    EXPECT_EQ(state.snapshot().odd_readings, 0U);
    EXPECT_EQ(state.snapshot().memory.at(0).read.source, "it has been read only once yet");
}

}  // namespace
}  // namespace penstock
