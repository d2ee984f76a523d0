// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <cerrno>

#include "agent/probes/gpu/device_power.h"
#include "agent/probes/gpu/gpu_sources.h"
#include "tests/unit/gpu_probes/stand.h"
#include "tests/unit/gpu_probes/table.h"

namespace penstock {
namespace {

using namespace fakes;

class GpuMetricsSource : public testing::Test {
  protected:
    void make(const std::string& table, bool apu = false) {
        at.device.apu = apu;
        at.write_device("gpu_metrics", table);
        at.source = make_gpu_metrics({}, at.device);
    }

    Stand at;
};

TEST_F(GpuMetricsSource, tells_dram_and_power_of_an_apu) {
    make(recorded_apu(), true);
    const Opened opened = at.open();
    ASSERT_TRUE(is_available(opened));
    EXPECT_EQ(why(opened),
              "temperature, load and power of the device, DRAM traffic of memory node 0, from "
              "gpu_metrics v3.0");

    at.read();

    EXPECT_TRUE(at.stays);
    const LevelReading read = at.level(Quantity::dram_read);
    EXPECT_EQ(read.value, 2504e6);
    EXPECT_EQ(read.subject.place, memory_node(0));
    EXPECT_EQ(read.subject.source, Stand::self);
    EXPECT_EQ(read.by.taken, at.now);
    EXPECT_EQ(read.by.confidence, Confidence::counter);
    EXPECT_EQ(at.level(Quantity::dram_written).value, 637e6);
    EXPECT_EQ(at.level(Quantity::power_device).subject.place, place_of(at.device.gpu));
    EXPECT_DOUBLE_EQ(*at.level(Quantity::power_device).value, 9.839);
    EXPECT_DOUBLE_EQ(*at.level(Quantity::power_cores).value, 2.499);
    EXPECT_DOUBLE_EQ(*at.level(Quantity::power_graphics).value, 1.536);
    EXPECT_EQ(at.level(Quantity::power_cores).subject.place, package(0));
    EXPECT_TRUE(at.told.counters.empty()) << "an APU's table counts no energy";
}

TEST_F(GpuMetricsSource, tells_energy_and_link_of_a_card) {
    make(recorded_card());
    ASSERT_TRUE(is_available(at.open()));

    at.read();

    const CounterReading energy = at.counter(Quantity::energy_device);
    EXPECT_EQ(energy.count, 3284043806U);
    EXPECT_NEAR(energy.unit, 15.259e-6, 1e-9);
    EXPECT_EQ(energy.bits, 32) << "firmware of cards wraps there";
    EXPECT_EQ(energy.by.confidence, Confidence::derived);
    EXPECT_EQ(energy.by.origin.text(), "gpu_metrics v1.3, in the unit that v1.4 documents");
    EXPECT_NEAR(*at.level(Quantity::link_capacity).value, 7.877e9, 1e6);
    EXPECT_EQ(at.level(Quantity::busy).value, 0.64);
    EXPECT_EQ(at.level(Quantity::temperature).value, 36);
    EXPECT_EQ(at.level(Quantity::dram_read).by.origin.text(), "was not told");
    EXPECT_EQ(at.level(Quantity::link_received).by.origin.text(), "was not told");
}

TEST_F(GpuMetricsSource, takes_energy_for_wide_once_it_was) {
    std::string table = recorded_card();
    put<std::uint64_t>(table, 24, std::uint64_t{1} << 33);
    make(table);
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    EXPECT_EQ(at.counter(Quantity::energy_device).bits, 64);

    put<std::uint64_t>(table, 24, 5);
    at.write_device("gpu_metrics", table);
    at.read();

    EXPECT_EQ(at.counter(Quantity::energy_device).bits, 64) << "it began anew, and did not wrap";
}

TEST_F(GpuMetricsSource, does_not_take_a_counter_that_stands_at_zero_for_no_energy) {
    make(recorded_idle_card());
    ASSERT_TRUE(is_available(at.open()));

    at.read();

    EXPECT_EQ(at.counter(Quantity::energy_device).count, std::nullopt);
    EXPECT_EQ(at.counter(Quantity::energy_device).by.origin.text(),
              "gpu_metrics v1.3 has no value for it on this device");
    EXPECT_EQ(at.level(Quantity::power_device).value, 1);
}

TEST_F(GpuMetricsSource, tells_no_direction_of_a_link_of_which_it_knows_the_sum) {
    std::string table = blank_table(1, 4, 288);
    put<std::uint64_t>(table, 72, 23);
    make(table);
    ASSERT_TRUE(is_available(at.open()));

    at.read();

    for (const Quantity direction : {Quantity::link_received, Quantity::link_sent}) {
        EXPECT_EQ(at.level(direction).value, std::nullopt);
        EXPECT_EQ(at.level(direction).by.origin.text(),
                  "gpu_metrics v1.4 has only one sum over both directions of the link");
    }
}

TEST_F(GpuMetricsSource, says_of_everything_in_the_format_that_it_is_unknown) {
    make(blank_table(1, 3, 120));
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    EXPECT_EQ(at.values(), 0U);
    for (const Quantity quantity :
         {Quantity::power_device, Quantity::temperature, Quantity::busy}) {
        EXPECT_EQ(at.level(quantity).by.origin.text(),
                  "gpu_metrics v1.3 has no value for it on this device");
    }
}

TEST_F(GpuMetricsSource, takes_the_hottest_spot_where_there_is_no_edge) {
    std::string table = blank_table(1, 4, 288);
    put<std::uint16_t>(table, 4, 61);
    make(table);
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    EXPECT_EQ(at.level(Quantity::temperature).value, 61);
}

TEST_F(GpuMetricsSource, does_not_wake_a_device_that_sleeps) {
    make(recorded_card());
    at.fall_asleep();

    const Opened opened = at.open();

    EXPECT_TRUE(is_later(opened));
    EXPECT_EQ(why(opened), DevicePower::sleeps);
    EXPECT_EQ(at.machine.touched(at.path("gpu_metrics")), 0U);
}

TEST_F(GpuMetricsSource, does_not_wake_a_device_that_falls_asleep_later) {
    make(recorded_card());
    at.wake();
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    const std::size_t awake = at.told.levels.size();
    const unsigned touched = at.machine.touched(at.path("gpu_metrics"));

    at.fall_asleep();
    at.read();

    EXPECT_TRUE(at.stays);
    EXPECT_EQ(at.told.levels.size(), awake);
    EXPECT_EQ(at.values(), 0U);
    EXPECT_EQ(at.level(Quantity::busy).by.origin.text(), DevicePower::sleeps);
    EXPECT_EQ(at.machine.touched(at.path("gpu_metrics")), touched);

    at.wake();
    at.read();
    EXPECT_EQ(at.level(Quantity::busy).value, 0.64);
}

TEST_F(GpuMetricsSource, stays_through_a_reset_and_says_so) {
    make(recorded_card());
    ASSERT_TRUE(is_available(at.open()));

    for (const int error : {EBUSY, EPERM, EIO}) {
        at.machine.fail_reads(at.path("gpu_metrics"), error);
        at.read();
        EXPECT_TRUE(at.stays);
        EXPECT_EQ(at.values(), 0U);
        EXPECT_EQ(at.level(Quantity::busy).by.origin.text(),
                  (Error{.code = error, .doing = "read gpu_metrics"}.message()));
    }
    at.machine.heal(at.path("gpu_metrics"));
    at.read();
    EXPECT_EQ(at.level(Quantity::busy).value, 0.64);
}

TEST_F(GpuMetricsSource, tries_again_soon_when_it_meets_a_reset) {
    make(recorded_card());
    at.machine.fail_reads(at.path("gpu_metrics"), EBUSY);

    const Opened opened = at.open();

    ASSERT_TRUE(is_later(opened));
    EXPECT_EQ(std::get<Later>(opened).again_in, std::chrono::seconds(1));
}

TEST_F(GpuMetricsSource, wants_to_be_opened_again_when_the_device_is_gone) {
    make(recorded_card());
    ASSERT_TRUE(is_available(at.open()));

    at.machine.fail_reads(at.path("gpu_metrics"), ENODEV);
    at.read();

    EXPECT_FALSE(at.stays);
    EXPECT_TRUE(at.told.levels.empty());
}

TEST_F(GpuMetricsSource, takes_nothing_from_a_table_that_was_cut) {
    make(recorded_card());
    ASSERT_TRUE(is_available(at.open()));

    at.write_device("gpu_metrics", recorded_card().substr(0, 60));
    at.read();

    EXPECT_TRUE(at.stays);
    EXPECT_EQ(at.values(), 0U);
    EXPECT_EQ(at.level(Quantity::busy).by.origin.text(), "gpu_metrics has 60 bytes and claims 120");
}

TEST_F(GpuMetricsSource, wants_to_be_opened_again_when_the_format_changes) {
    make(recorded_card());
    ASSERT_TRUE(is_available(at.open()));

    at.write_device("gpu_metrics", recorded_apu());
    at.read();

    EXPECT_FALSE(at.stays);
}

TEST_F(GpuMetricsSource, is_absent_where_the_format_is_unknown) {
    make(blank_table(9, 9, 264));
    EXPECT_TRUE(is_absent(at.open()));
}

TEST_F(GpuMetricsSource, looks_again_where_there_is_no_table_yet) {
    make(recorded("mangohud/gpu_metrics_invalid"));
    EXPECT_TRUE(is_later(at.open()));
}

TEST_F(GpuMetricsSource, is_absent_without_the_file_and_without_a_render_node) {
    at.source = make_gpu_metrics({}, at.device);
    EXPECT_TRUE(is_absent(at.open()));
    at.source = make_gpu_metrics({}, DevicePlace{.gpu = {1}});
    EXPECT_TRUE(is_absent(at.open()));
}

TEST_F(GpuMetricsSource, says_what_an_emulator_wrote) {
    make(recorded_apu());
    at.around.emulated = true;
    ASSERT_TRUE(is_available(at.open()));

    at.read();

    EXPECT_TRUE(at.level(Quantity::dram_read).by.emulated);
}

}  // namespace
}  // namespace penstock
