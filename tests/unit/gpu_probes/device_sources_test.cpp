// SPDX-License-Identifier: Apache-2.0
//
// Sources of a device that read texts: its link, its packets, its sensors and amdgpu's own files.

#include <gtest/gtest.h>

#include <cerrno>

#include "agent/probes/gpu/device_power.h"
#include "agent/probes/gpu/gpu_sources.h"
#include "tests/unit/gpu_probes/stand.h"
#include "tests/unit/gpu_probes/table.h"

namespace penstock {
namespace {

using namespace fakes;

TEST(PcieLinkSource, tells_what_the_link_can_carry) {
    Stand at;
    at.write_device("current_link_speed", "16.0 GT/s PCIe\n");
    at.write_device("current_link_width", "16\n");
    at.source = make_pcie_link({}, at.device);
    ASSERT_TRUE(is_available(at.open()));

    at.read();

    EXPECT_NEAR(*at.level(Quantity::link_capacity).value, 31.5e9, 0.01e9);
    EXPECT_EQ(at.level(Quantity::link_capacity).by.confidence, Confidence::derived);
}

TEST(PcieLinkSource, takes_the_narrowest_link_on_the_way_to_the_processor) {
    Stand at;
    at.put_on_bus("0000:03:00.0");
    at.write_device("current_link_speed", "16.0 GT/s PCIe\n");
    at.write_device("current_link_width", "16\n");
    at.write("sys/devices/bridge/current_link_speed", "8.0 GT/s PCIe\n");
    at.write("sys/devices/bridge/current_link_width", "4\n");
    at.source = make_pcie_link({}, at.device);
    ASSERT_TRUE(is_available(at.open()));

    at.read();

    EXPECT_NEAR(*at.level(Quantity::link_capacity).value, 3.938e9, 0.001e9);
}

TEST(PcieLinkSource, knows_nothing_of_a_link_that_the_kernel_does_not_know) {
    Stand at;
    at.write_device("current_link_speed", "Unknown\n");
    at.write_device("current_link_width", "0\n");
    at.source = make_pcie_link({}, at.device);
    EXPECT_TRUE(is_later(at.open()));

    at.write_device("current_link_speed", "8.0 GT/s PCIe\n");
    at.write_device("current_link_width", "8\n");
    ASSERT_TRUE(is_available(at.open()));
    at.write_device("current_link_width", "63\n");
    at.read();
    EXPECT_EQ(at.values(), 0U);
    EXPECT_EQ(at.told.levels.size(), 1U);
}

TEST(PcieLinkSource, is_absent_on_an_apu) {
    Stand at;
    at.device.apu = true;
    at.write_device("current_link_speed", "16.0 GT/s PCIe\n");
    at.write_device("current_link_width", "16\n");
    at.source = make_pcie_link({}, at.device);
    EXPECT_TRUE(is_absent(at.open()));
}

TEST(PcieLinkSource, does_not_wake_a_device_that_sleeps) {
    Stand at;
    at.write_device("current_link_speed", "16.0 GT/s PCIe\n");
    at.write_device("current_link_width", "16\n");
    at.source = make_pcie_link({}, at.device);
    ASSERT_TRUE(is_available(at.open()));
    at.fall_asleep();
    EXPECT_TRUE(is_later(at.open()));
    at.wake();
    ASSERT_TRUE(is_available(at.open()));
    at.fall_asleep();
    const unsigned touched = at.machine.touched(at.path("current_link_speed"));
    at.read();
    EXPECT_EQ(at.machine.touched(at.path("current_link_speed")), touched);
    EXPECT_EQ(at.level(Quantity::link_capacity).by.origin.text(), DevicePower::sleeps);
}

TEST(PcieBwSource, tells_at_most_so_many_bytes) {
    Stand at;
    at.write_device("pcie_bw", recorded("rx580/card0/device/pcie_bw"));
    at.source = make_pcie_bw({}, at.device);
    ASSERT_TRUE(is_available(at.open()));
    EXPECT_EQ(at.source->pace().patience, Source::Patience::waits_long);

    at.read();

    EXPECT_EQ(at.level(Quantity::link_received).value, 3'042'816);
    EXPECT_EQ(at.level(Quantity::link_sent).value, 647'168);
    EXPECT_EQ(at.level(Quantity::link_sent).by.confidence, Confidence::heuristic);
}

TEST(PcieBwSource, is_absent_on_a_device_that_does_not_count) {
    Stand at;
    at.source = make_pcie_bw({}, at.device);
    at.write_device("pcie_bw", std::string(4096, '\0'));
    EXPECT_TRUE(is_absent(at.open()));
    at.machine.fail_reads(at.path("pcie_bw"), ENODATA);
    EXPECT_EQ(why(at.open()), "pcie_bw is empty: this device does not count its packets");
}

TEST(PcieBwSource, says_why_it_knows_nothing_now) {
    Stand at;
    at.write_device("pcie_bw", "1 2 256\n");
    at.wake();
    at.source = make_pcie_bw({}, at.device);
    ASSERT_TRUE(is_available(at.open()));

    at.write_device("pcie_bw", "1 2\n");
    at.read();
    EXPECT_EQ(at.level(Quantity::link_received).by.origin.text(), "pcie_bw held no counts");
    at.machine.fail_reads(at.path("pcie_bw"), EPERM);
    at.read();
    EXPECT_EQ(at.values(), 0U);
    EXPECT_EQ(at.told.levels.size(), 2U);
    at.fall_asleep();
    at.read();
    EXPECT_EQ(at.level(Quantity::link_received).by.origin.text(), DevicePower::sleeps);
    at.wake();
    at.machine.fail_reads(at.path("pcie_bw"), ENODEV);
    at.read();
    EXPECT_FALSE(at.stays);
}

TEST(HwmonSource, tells_what_a_card_of_another_maker_counts) {
    Stand at;
    for (const char* file : {"energy1_input", "temp1_input"}) {
        at.write_device(std::string("hwmon/hwmon1/") + file,
                        recorded(std::string("a380-i915/card1/device/hwmon/hwmon1/") + file));
    }
    at.source = make_hwmon({}, at.device);
    ASSERT_TRUE(is_available(at.open()));

    at.read();

    EXPECT_EQ(at.counter(Quantity::energy_device).count, 25637161804U);
    EXPECT_EQ(at.counter(Quantity::energy_device).unit, 1e-6);
    EXPECT_DOUBLE_EQ(*at.level(Quantity::temperature).value, 55);
    EXPECT_EQ(at.level(Quantity::power_device).by.origin.text(), "was not told");
}

TEST(HwmonSource, prefers_a_mean_of_power_to_an_instant) {
    Stand at;
    at.write_device("hwmon/hwmon4/power1_average", "33000000\n");
    at.write_device("hwmon/hwmon4/power1_input", "35000000\n");
    at.source = make_hwmon({}, at.device);
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    EXPECT_EQ(at.told.levels.size(), 1U);
    EXPECT_DOUBLE_EQ(*at.level(Quantity::power_device).value, 33);

    at.tree.remove(at.path("hwmon/hwmon4/power1_average"));
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    EXPECT_DOUBLE_EQ(*at.level(Quantity::power_device).value, 35);
}

TEST(HwmonSource, is_absent_without_sensors) {
    Stand at;
    at.source = make_hwmon({}, at.device);
    EXPECT_TRUE(is_absent(at.open()));
    at.write_device("hwmon/hwmon2/name", "amdgpu\n");
    EXPECT_TRUE(is_absent(at.open()));
}

class AmdgpuSysfsSource : public testing::Test {
  protected:
    AmdgpuSysfsSource() {
        at.write_device("mem_info_vram_used", "1073741824\n");
        at.write_device("mem_info_vram_total", "8573157376\n");
        at.write_device("mem_info_gtt_used", "4096\n");
        at.write_device("mem_info_gtt_total", "16777216\n");
        at.write_device("gpu_busy_percent", "64\n");
        at.source = make_amdgpu_sysfs({}, at.device);
    }

    Stand at;
};

TEST_F(AmdgpuSysfsSource, tells_memory_and_load) {
    ASSERT_TRUE(is_available(at.open()));

    at.read();

    EXPECT_EQ(at.level(Quantity::vram_used).value, 1073741824);
    EXPECT_EQ(at.level(Quantity::vram_capacity).value, 8573157376);
    EXPECT_EQ(at.level(Quantity::gtt_used).value, 4096);
    EXPECT_EQ(at.level(Quantity::gtt_capacity).value, 16777216);
    EXPECT_DOUBLE_EQ(*at.level(Quantity::busy).value, 0.64);
}

TEST_F(AmdgpuSysfsSource, leaves_out_what_the_device_does_not_have) {
    at.tree.remove(at.path("gpu_busy_percent"));
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    EXPECT_EQ(at.told.levels.size(), 4U);
}

TEST_F(AmdgpuSysfsSource, takes_no_number_from_garbage) {
    ASSERT_TRUE(is_available(at.open()));
    for (const char* garbage :
         {"", "\n", "-1", "101", "64 %", "0x40", "1e2", "99999999999999999999", "\x00\x01"}) {
        at.write_device("gpu_busy_percent", garbage);
        at.read();
        EXPECT_TRUE(at.stays) << garbage;
        EXPECT_EQ(at.level(Quantity::busy).value, std::nullopt) << garbage;
        EXPECT_EQ(at.level(Quantity::busy).by.origin.text(),
                  at.path("gpu_busy_percent") + " holds no number that can be");
    }
}

TEST_F(AmdgpuSysfsSource, keeps_what_is_refused_during_a_reset_and_says_so) {
    at.machine.fail_reads(at.path("gpu_busy_percent"), EBUSY);
    ASSERT_TRUE(is_available(at.open()));

    at.read();
    EXPECT_EQ(at.level(Quantity::busy).value, std::nullopt);
    EXPECT_EQ(at.level(Quantity::vram_used).value, 1073741824);

    at.machine.heal(at.path("gpu_busy_percent"));
    at.read();
    EXPECT_DOUBLE_EQ(*at.level(Quantity::busy).value, 0.64);
}

TEST_F(AmdgpuSysfsSource, does_not_wake_a_device_that_sleeps) {
    at.fall_asleep();
    EXPECT_TRUE(is_later(at.open()));
    EXPECT_EQ(at.machine.touched(at.path("mem_info_vram_used")), 0U);
    at.wake();
    ASSERT_TRUE(is_available(at.open()));
    at.fall_asleep();
    at.read();
    EXPECT_EQ(at.values(), 0U);
    EXPECT_EQ(at.told.levels.size(), 5U);
}

TEST_F(AmdgpuSysfsSource, wants_to_be_opened_again_when_the_device_is_gone) {
    ASSERT_TRUE(is_available(at.open()));
    at.machine.fail_reads(at.path("mem_info_gtt_used"), ENODEV);
    at.read();
    EXPECT_FALSE(at.stays);
    at.tree.remove(at.device.render_path);
    EXPECT_TRUE(is_absent(at.open()));
}

}  // namespace
}  // namespace penstock
