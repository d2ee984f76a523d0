// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/accelerators.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/recording/paper_machine.h"

namespace penstock {
namespace {

using test::PaperMachine;

const std::string nodes = "sys/class/kfd/kfd/topology/nodes";

void add_node(PaperMachine& machine,
              const std::string& number,
              const std::string& gpu_id,
              const std::string& properties) {
    machine.folders[nodes].push_back(number);
    machine.files[nodes + "/" + number + "/gpu_id"] = gpu_id;
    machine.files[nodes + "/" + number + "/properties"] = properties;
}

TEST(Accelerators, are_those_nodes_of_the_topology_that_have_a_gpu_id) {
    PaperMachine machine;
    add_node(machine, "0", "0\n", "simd_count 0\n");
    add_node(machine, "1", "51432\n", "gfx_target_version 90402\ndrm_render_minor 128\n");
    const auto found = find_accelerators(machine);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].name, "gfx942");
    EXPECT_EQ(found[0].place.gpu, GpuId{51432});
    EXPECT_EQ(found[0].place.render_path, "sys/class/drm/renderD128");
    EXPECT_EQ(found[0].place.topology_node, 1U);
    EXPECT_FALSE(found[0].place.apu);
}

TEST(Accelerators, share_the_machine_s_memory_when_their_metrics_are_an_apu_s) {
    PaperMachine machine;
    add_node(machine, "1", "7", "gfx_target_version 110500\ndrm_render_minor 128\n");
    machine.files["sys/class/drm/renderD128/device/gpu_metrics"] = std::string("\x08\x01\x03\0", 4);
    const auto found = find_accelerators(machine);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].place.apu);
    EXPECT_TRUE(surroundings_of(found, true).emulated);
    EXPECT_TRUE(surroundings_of(found, true).devices.at(0).apu);
}

TEST(Accelerators, are_left_out_when_their_files_make_no_sense) {
    PaperMachine machine;
    add_node(machine, "1", "many", "gfx_target_version 90402\n");
    add_node(machine, "2", "7", "drm_render_minor -1\n");
    add_node(machine, "x", "8", "drm_render_minor 128\n");
    machine.folders[nodes].emplace_back("9");
    EXPECT_TRUE(find_accelerators(machine).empty());
    machine.folders[nodes].resize(1000);
    EXPECT_TRUE(find_accelerators(machine).empty()) << "no machine has so many";
    EXPECT_TRUE(find_accelerators(*std::make_unique<PaperMachine>()).empty());
}

}  // namespace
}  // namespace penstock
