// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/preset.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "kmod-helpers/emulator/presets/property_text.h"
#include "kmod-helpers/emulator/presets/topology.h"

namespace penstock::emulator {
namespace {

std::uint64_t number(const Preset& preset, const std::string& file, std::string_view key) {
    const auto text = value_of(preset.topology.at(file), key);
    return text ? parse_number<std::uint64_t>(*text).value_or(~0ULL) : ~0ULL;
}

TEST(Preset, offers_an_apu_whose_metrics_carry_dram_traffic) {
    const Result<Preset> preset = make_preset("apu");
    ASSERT_TRUE(preset) << preset.error().message();
    ASSERT_EQ(preset->devices.size(), 1U);
    const PresetDevice& device = preset->devices[0];
    EXPECT_EQ(device.gpu_id, 51432U);
    EXPECT_EQ(device.render_minor, 128U);
    EXPECT_EQ(device.gfx_target_version, 110500U);
    EXPECT_EQ(device.name, "gfx1150");
    EXPECT_EQ(device.settings.compute_units, 16U);
    EXPECT_EQ(device.settings.scheduler, Scheduler::mes);
    EXPECT_TRUE(device.has_metrics_v3_0);
}

TEST(Preset, offers_the_newest_gpu_that_debians_runtime_knows) {
    const Result<Preset> preset = make_preset("gfx90a");
    ASSERT_TRUE(preset) << preset.error().message();
    ASSERT_EQ(preset->devices.size(), 1U);
    const PresetDevice& device = preset->devices[0];
    EXPECT_EQ(device.gfx_target_version, 90010U);
    EXPECT_EQ(device.name, "gfx90a");
    EXPECT_EQ(device.settings.compute_units, 104U);
    EXPECT_EQ(device.settings.scheduler, Scheduler::hws);
    EXPECT_FALSE(device.has_metrics_v3_0);
    EXPECT_EQ(number(*preset, "nodes/1/mem_banks/0/properties", "size_in_bytes"), 64ULL << 30);
}

TEST(Preset, offers_a_recorded_server_with_eight_partitioned_mi308x) {
    const Result<Preset> preset = make_preset("mi308x");
    ASSERT_TRUE(preset) << preset.error().message();
    ASSERT_EQ(preset->devices.size(), 32U);
    std::set<std::uint32_t> ids;
    std::set<std::uint32_t> minors;
    for (const PresetDevice& device : preset->devices) {
        EXPECT_EQ(device.name, "gfx942");
        EXPECT_EQ(device.settings.compute_units, 20U);
        EXPECT_EQ(device.settings.scheduler, Scheduler::hws);
        ids.insert(device.gpu_id);
        minors.insert(device.render_minor);
    }
    EXPECT_EQ(ids.size(), 32U);
    EXPECT_EQ(minors.size(), 32U);
    EXPECT_EQ(preset->devices[0].gpu_id, 24248U);
    EXPECT_EQ(preset->topology.at("generation_id"), "33\n");
}

TEST(Preset, names_the_presets_there_are_when_asked_for_another) {
    const Result<Preset> preset = make_preset("mi\n999");
    ASSERT_FALSE(preset);
    EXPECT_EQ(preset.error().message(),
              "there is no preset 'mi?999', only apu, gfx90a, mi308x and bare");
}

class EveryPreset : public testing::TestWithParam<const char*> {
  protected:
    const Preset preset = make_preset(GetParam()).value();
};

TEST_P(EveryPreset, consists_of_keys_and_numbers) {
    for (const auto& [path, text] : preset.topology) {
        EXPECT_LE(text.size(), 4096U) << path;
        if (path.ends_with("properties")) {
            EXPECT_TRUE(check_properties(path, text)) << path;
        }
    }
}

TEST_P(EveryPreset, has_as_many_entries_as_its_nodes_say) {
    for (std::uint32_t node = 0;
         preset.topology.contains("nodes/" + std::to_string(node) + "/name");
         ++node) {
        const std::string folder = "nodes/" + std::to_string(node) + "/";
        for (const std::string kind : {"mem_banks", "caches", "io_links", "p2p_links"}) {
            const std::uint64_t count = number(preset, folder + "properties", kind + "_count");
            const auto entry = [&](std::uint64_t i) {
                return folder + kind + "/" + std::to_string(i) + "/properties";
            };
            EXPECT_TRUE(count == 0 || preset.topology.contains(entry(count - 1))) << entry(count);
            EXPECT_FALSE(preset.topology.contains(entry(count))) << entry(count);
        }
    }
}

TEST_P(EveryPreset, has_what_amds_runtime_insists_on) {
    for (std::size_t i = 0; i < preset.devices.size(); ++i) {
        const std::size_t cpu_nodes = preset.devices.size() > 1 ? 2 : 1;
        const std::string file = "nodes/" + std::to_string(cpu_nodes + i) + "/properties";
        const std::uint64_t capability = number(preset, file, "capability");
        EXPECT_EQ(capability & 0x3000U, 0x2000U) << "doorbell type 2";
        EXPECT_NE(capability & 0x8000U, 0U) << "debugger";
        EXPECT_NE(capability & 0x20000000U, 0U) << "firmware for the debugger";
        EXPECT_GT(number(preset, file, "simd_arrays_per_engine"), 0U);
        EXPECT_GE(preset.devices[i].render_minor, 128U);
    }
}

INSTANTIATE_TEST_SUITE_P(Preset,
                         EveryPreset,
                         testing::Values("apu", "gfx90a", "mi308x"),
                         [](const auto& chosen) { return std::string(chosen.param); });

TEST(Preset, names_targets_as_compilers_do) {
    EXPECT_EQ(target_name(90010), "gfx90a");
    EXPECT_EQ(target_name(90402), "gfx942");
    EXPECT_EQ(target_name(100300), "gfx1030");
    EXPECT_EQ(target_name(110500), "gfx1150");
}

}  // namespace
}  // namespace penstock::emulator
