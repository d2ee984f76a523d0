// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/topology.h"

#include <gtest/gtest.h>

#include "tests/fakes/scratch_tree.h"

namespace penstock::kfd {
namespace {

const std::string nodes = "class/kfd/kfd/topology/nodes/";

struct Topology : ::testing::Test {
    fakes::ScratchTree sysfs;

    void add(const std::string& number, const std::string& gpu_id, const std::string& properties) {
        sysfs.write(nodes + number + "/gpu_id", gpu_id);
        sysfs.write(nodes + number + "/properties", properties);
    }

    Result<std::vector<TopologyNode>> read() { return read_topology(Tree(sysfs.root())); }
};

TEST_F(Topology, reads_a_processor_and_a_device) {
    add("0", "0\n", "cpu_cores_count 16\nsimd_count 0\n");
    add("1",
        "51432\n",
        "simd_count 64\nsimd_per_cu 4\ndrm_render_minor 128\ngfx_target_version 90010\n");

    const auto found = read();

    ASSERT_TRUE(found) << found.error().message();
    ASSERT_EQ(found->size(), 2U);
    EXPECT_EQ((*found)[0].gpu_id, 0U);
    EXPECT_EQ((*found)[0].name, "cpu");
    EXPECT_EQ((*found)[1].gpu_id, 51432U);
    EXPECT_EQ((*found)[1].name, "gfx90a");
    EXPECT_EQ((*found)[1].render_minor, 128U);
    EXPECT_EQ((*found)[1].simd_count / (*found)[1].simds_per_cu, 16U);
}

TEST_F(Topology, takes_a_device_whose_properties_are_hidden_from_this_user) {
    add("1", "7\n", "");

    const auto found = read();

    ASSERT_TRUE(found);
    EXPECT_EQ((*found)[0].gpu_id, 7U);
    EXPECT_EQ((*found)[0].simd_count, 0U);
}

TEST_F(Topology, names_the_file_and_key_that_are_not_a_number) {
    add("1", "7\n", "simd_count many\n");

    const auto found = read();

    ASSERT_FALSE(found);
    EXPECT_NE(found.error().message().find("simd_count in " + sysfs.root()), std::string::npos);
}

TEST_F(Topology, refuses_a_gpu_id_that_is_not_a_number) {
    add("1", "-7\n", "");
    EXPECT_FALSE(read());
}

TEST_F(Topology, fails_without_a_topology) {
    EXPECT_FALSE(read());
}

TEST_F(Topology, refuses_more_nodes_than_any_machine_has) {
    for (std::size_t number = 0; number <= max_topology_nodes; ++number) {
        add(std::to_string(number), "0\n", "");
    }
    EXPECT_FALSE(read());
}

TEST(GfxName, writes_minor_and_stepping_in_hexadecimal) {
    EXPECT_EQ(gfx_name(90010), "gfx90a");
    EXPECT_EQ(gfx_name(90402), "gfx942");
    EXPECT_EQ(gfx_name(110500), "gfx1150");
    EXPECT_EQ(gfx_name(90006), "gfx906");
}

}  // namespace
}  // namespace penstock::kfd
