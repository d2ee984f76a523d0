// SPDX-License-Identifier: Apache-2.0
//
// The texts that the kernel gives for links, clients of DRM and nodes of KFD.

#include <gtest/gtest.h>

#include <algorithm>

#include "agent/probes/decode/fdinfo.h"
#include "agent/probes/decode/kfd_properties.h"
#include "agent/probes/decode/pcie.h"
#include "tests/unit/gpu_probes/table.h"

namespace penstock {
namespace {

using fakes::recorded;

TEST(LinkSpeed, is_what_a_lane_carries_less_its_code) {
    EXPECT_DOUBLE_EQ(*decode_lane_rate("2.5 GT/s PCIe\n"), 250e6);
    EXPECT_DOUBLE_EQ(*decode_lane_rate("5.0 GT/s PCIe\n"), 500e6);
    EXPECT_NEAR(*decode_lane_rate("8.0 GT/s PCIe\n"), 984.6e6, 0.1e6);
    EXPECT_NEAR(*decode_lane_rate("16.0 GT/s PCIe\n"), 1969.2e6, 0.1e6);
    EXPECT_NEAR(*decode_lane_rate("32.0 GT/s PCIe\n"), 3938.5e6, 0.1e6);
    EXPECT_DOUBLE_EQ(*decode_lane_rate("64.0 GT/s PCIe\n"), 7375e6);
    EXPECT_NEAR(*decode_lane_rate("8 GT/s\n"), 984.6e6, 0.1e6) << "as older kernels write it";
}

TEST(LinkSpeed, that_is_none_is_unknown) {
    for (const char* text : {"",
                             "\n",
                             "Unknown\n",
                             "8.0",
                             "9.0 GT/s",
                             "8.05 GT/s",
                             "-8.0 GT/s",
                             "99999999999 GT/s",
                             "8.0  GT/s",
                             "GT/s",
                             "8.0 GB/s"}) {
        EXPECT_EQ(decode_lane_rate(text), std::nullopt) << text;
    }
    EXPECT_EQ(lane_rate(9e9), std::nullopt);
    EXPECT_EQ(lane_rate(-1), std::nullopt);
    EXPECT_EQ(lane_rate(1e300), std::nullopt);
}

TEST(LinkWidth, is_one_that_pcie_has) {
    EXPECT_EQ(decode_link_width("16\n"), 16U);
    EXPECT_EQ(decode_link_width("1\n"), 1U);
    for (const char* text : {"", "0\n", "3\n", "63\n", "255\n", "x8", "-1"}) {
        EXPECT_EQ(decode_link_width(text), std::nullopt) << text;
    }
}

TEST(PcieBw, counts_packets_of_which_none_is_fuller_than_the_payload) {
    const auto counts = decode_pcie_counts(recorded("rx580/card0/device/pcie_bw"));

    ASSERT_TRUE(counts);
    EXPECT_EQ(counts->received, 11886U);
    EXPECT_EQ(counts->sent, 2528U);
    EXPECT_EQ(counts->payload_bytes, 256U);
    EXPECT_DOUBLE_EQ(counts->received_at_most(), 3'042'816);
    EXPECT_DOUBLE_EQ(counts->sent_at_most(), 647'168);
}

TEST(PcieBw, of_a_device_that_does_not_count_is_a_page_of_nothing) {
    EXPECT_EQ(decode_pcie_counts(std::string(4096, '\0')).error(), PcieFault::nothing);
    EXPECT_EQ(decode_pcie_counts("").error(), PcieFault::nothing);
    EXPECT_EQ(decode_pcie_counts("\n").error(), PcieFault::nothing);
}

TEST(PcieBw, that_is_no_three_numbers_is_refused) {
    for (const char* text : {"1", "1 2", "1 2 256 4", "1 -2 256", "1 2 x", "1  2 256", "a b c"}) {
        const auto counts = decode_pcie_counts(text);
        ASSERT_FALSE(counts) << text;
        EXPECT_EQ(counts.error(), PcieFault::no_counts) << text;
    }
}

TEST(PcieBw, that_no_link_can_carry_is_refused) {
    for (const char* text : {"18446744073709551615 0 256",
                             "0 1200000000 256",
                             "1 1 255",
                             "1 1 64",
                             "1 1 8192",
                             "1 1 0"}) {
        const auto counts = decode_pcie_counts(text);
        ASSERT_FALSE(counts) << text;
        EXPECT_EQ(counts.error(), PcieFault::absurd) << text;
    }
}

constexpr std::string_view amdgpu_client =
    "pos:\t0\nflags:\t02100002\nmnt_id:\t22\n"
    "drm-driver:\tamdgpu\ndrm-client-id:\t42\ndrm-pdev:\t0000:03:00.0\npasid:\t32770\n"
    "drm-memory-vram:\t2588 KiB\ndrm-memory-gtt:\t3 MiB\ndrm-memory-cpu:\t0 KiB\n"
    "amd-evicted-vram:\t9999 KiB\n"
    "drm-engine-gfx:\t1500 ns\ndrm-engine-compute:\t500 ns\ndrm-engine-capacity-compute:\t8\n";

TEST(Fdinfo, of_a_client_gives_its_engines_time_and_its_memory) {
    const auto client = decode_drm_client(amdgpu_client);

    ASSERT_TRUE(client);
    EXPECT_EQ(client->device, "0000:03:00.0");
    EXPECT_EQ(client->id, 42U);
    EXPECT_EQ(client->engine_ns, 2000U);
    EXPECT_EQ(client->vram_bytes, 2588U * 1024);
    EXPECT_EQ(client->gtt_bytes, 3U * 1024 * 1024);
}

TEST(Fdinfo, knows_the_later_name_of_memory_and_counts_it_once) {
    const std::string both = std::string(amdgpu_client) + "drm-resident-vram:\t7 KiB\n";
    EXPECT_EQ(decode_drm_client(both)->vram_bytes, 2588U * 1024);

    const auto later = decode_drm_client(
        "drm-client-id: 1\ndrm-pdev: 0000:03:00.0\ndrm-total-vram: 9\ndrm-resident-vram: 7\n");
    EXPECT_EQ(later->vram_bytes, 7U);
}

TEST(Fdinfo, of_a_client_without_an_engine_has_no_time) {
    const auto client = decode_drm_client("drm-client-id: 1\ndrm-pdev: 0000:03:00.0\n");

    ASSERT_TRUE(client);
    EXPECT_EQ(client->engine_ns, std::nullopt);
    EXPECT_EQ(client->vram_bytes, std::nullopt);
}

TEST(Fdinfo, of_other_files_is_none_of_a_device) {
    EXPECT_FALSE(decode_drm_client("pos:\t0\nflags:\t02\neventfd-count:\t0\n"));
    EXPECT_FALSE(decode_drm_client("drm-pdev: 0000:03:00.0\n")) << "whose it is, is not said";
    EXPECT_FALSE(decode_drm_client("drm-client-id: 1\n"));
    EXPECT_FALSE(decode_drm_client(""));
}

TEST(Fdinfo, with_one_time_that_can_not_be_read_has_no_sum) {
    const std::string head = "drm-client-id: 1\ndrm-pdev: a\ndrm-engine-gfx: 5 ns\n";
    for (const char* broken : {"drm-engine-dec: 5 us\n",
                               "drm-engine-dec: x ns\n",
                               "drm-engine-dec: 18446744073709551615 ns\n"}) {
        EXPECT_EQ(decode_drm_client(head + broken)->engine_ns, std::nullopt) << broken;
    }
}

TEST(Fdinfo, with_more_memory_than_a_number_holds_is_unknown) {
    const auto client = decode_drm_client(
        "drm-client-id: 1\ndrm-pdev: a\ndrm-memory-vram: 18446744073709551615 KiB\n");
    EXPECT_EQ(client->vram_bytes, std::nullopt);
}

TEST(KfdProperties, are_all_numbers_under_their_names) {
    const auto fields =
        decode_kfd_properties(recorded("strixpoint/kfd/topology/nodes/1/properties")).value();

    const auto simds = std::ranges::find(fields, "simd_count", &DecodedField::name);
    ASSERT_NE(simds, fields.end());
    EXPECT_EQ(simds->value, DecodedValue(24.0));
    EXPECT_GT(fields.size(), 30U);
}

TEST(KfdProperties, of_something_else_are_refused_with_the_line) {
    EXPECT_EQ(decode_kfd_properties("simd_count 24\nfoo\033bar 7\n").error().message(),
              "\"foo?bar 7\" is not a name and a number");
    EXPECT_FALSE(decode_kfd_properties("simd_count -1\n"));
    EXPECT_FALSE(decode_kfd_properties("simd_count\n"));
}

TEST(KfdProperties, that_the_kernel_hides_are_refused) {
    EXPECT_FALSE(decode_kfd_properties(""));
}

TEST(KfdProperties, have_a_bound) {
    std::string text;
    for (std::size_t each = 0; each < most_kfd_properties; ++each) {
        text += "a 1\n";
    }
    EXPECT_TRUE(decode_kfd_properties(text));
    EXPECT_FALSE(decode_kfd_properties(text + "a 1\n"));
}

TEST(KfdTopology, is_decoded_from_wherever_one_stands) {
    const std::string kfd = std::string(MACHINES) + "/strixpoint/kfd";

    const auto one = decode_kfd_topology(kfd + "/topology/nodes/1");
    const auto file = decode_kfd_topology(kfd + "/topology/nodes/1/properties");
    const auto nodes = decode_kfd_topology(kfd + "/topology/nodes");
    const auto all = decode_kfd_topology(kfd);

    ASSERT_TRUE(one && file && nodes && all);
    EXPECT_EQ(*one, *file);
    EXPECT_EQ(nodes->size(), all->size());
    EXPECT_EQ(nodes->front().name, "0/cpu_cores_count");
    EXPECT_EQ(all->front().name, "topology/nodes/0/cpu_cores_count");
    EXPECT_FALSE(decode_kfd_topology(kfd + "/nothing"));
    EXPECT_FALSE(decode_kfd_topology(std::string(MACHINES) + "/rx580"));
}

}  // namespace
}  // namespace penstock
