// SPDX-License-Identifier: Apache-2.0

#include "agent/machine_probes.h"

#include <gtest/gtest.h>

#include "agent/device_survey.h"
#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

TEST(MachineProbes, hand_over_what_happened_once_and_in_order) {
    MachineProbes probes;
    probes.note(QueueEvent(OwnerAppeared{.owner = {.id = {1}}}));
    probes.note(QueueEvent(QueueAppeared{}));
    probes.note(wire::FromGate(wire::Adopted{.owner = {1}}));

    const Readings first = probes.read(from_ns(0));
    ASSERT_EQ(first.queue_events.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<OwnerAppeared>(first.queue_events[0]));
    EXPECT_EQ(first.gate_news.size(), 1U);

    const Readings second = probes.read(from_ns(1));
    EXPECT_TRUE(second.queue_events.empty());
    EXPECT_TRUE(second.gate_news.empty());
}

struct DeviceSurveyTest : ::testing::Test {
    fakes::ScratchTree machine;

    void add_node(const std::string& number, const std::string& gpu_id) {
        const std::string node = "sys/class/kfd/kfd/topology/nodes/" + number;
        machine.write(node + "/gpu_id", gpu_id);
        machine.write(node + "/properties", "gfx_target_version 110500\ndrm_render_minor 128\n");
    }

    Result<DeviceSurvey> survey() {
        return survey_devices(machine.root() + "/kfd", Tree(machine.root() + "/sys"));
    }
};

TEST_F(DeviceSurveyTest, calls_a_regular_file_an_emulated_device) {
    machine.write("kfd", "");
    add_node("0", "0");
    add_node("1", "51432");

    const auto found = survey();

    ASSERT_TRUE(found) << found.error().message();
    ASSERT_EQ(found->devices.size(), 1U);
    EXPECT_EQ(found->devices[0].gpu, GpuId{51432});
    EXPECT_EQ(found->devices[0].name, "gfx1150");
    EXPECT_TRUE(found->devices[0].emulated);
    EXPECT_FALSE(found->devices[0].apu);
    ASSERT_EQ(found->around.devices.size(), 1U);
    EXPECT_EQ(found->around.devices[0].render_path, "sys/class/drm/renderD128");
}

TEST_F(DeviceSurveyTest, says_that_there_is_no_device_file) {
    const auto found = survey();
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().message(),
              "find a device at " + machine.root() + "/kfd: No such file or directory");
}

TEST_F(DeviceSurveyTest, says_that_the_driver_shows_no_accelerator) {
    machine.write("kfd", "");
    add_node("0", "0");
    const auto found = survey();
    ASSERT_FALSE(found);
    EXPECT_NE(found.error().message().find("shows no accelerator"), std::string::npos);
}

}  // namespace
}  // namespace penstock
