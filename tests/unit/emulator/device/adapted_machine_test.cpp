// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/presets/adapted_machine.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "kmod-helpers/abi/kfd_debug.h"
#include "kmod-helpers/emulator/generation.h"

namespace penstock::emulator {
namespace {

// Of the accelerator that is node 1 of a modelled machine.
std::uint64_t property(const Preset& preset, std::string_view key) {
    const auto text = value_of(preset.topology.at("nodes/1/properties"), key);
    return parse_number<std::uint64_t>(text.value()).value();
}

bool shows_debugging(const Preset& preset) {
    constexpr std::uint64_t bits =
        kfd::capability_trap_debug_support | kfd::capability_trap_debug_firmware_supported;
    return (property(preset, "capability") & bits) == bits;
}

TEST(AdaptedMachine, is_of_another_generation_in_every_respect) {
    const Preset preset = with_generation(make_preset("apu").value(), 90006).value();
    EXPECT_EQ(property(preset, "gfx_target_version"), 90006U);
    EXPECT_EQ(preset.devices[0].gfx_target_version, 90006U);
    EXPECT_EQ(preset.devices[0].settings.scheduler, Scheduler::hws);
    EXPECT_EQ(preset.devices[0].settings.compute_units, 16U) << "the rest stays";
    EXPECT_TRUE(shows_debugging(preset));
}

TEST(AdaptedMachine, shows_that_old_generations_can_not_be_debugged) {
    const Preset preset = with_generation(make_preset("gfx90a").value(), 80003).value();
    EXPECT_FALSE(shows_debugging(preset));
    EXPECT_EQ(property(preset, "capability") & 0x2000U, 0x2000U) << "doorbells stay";
}

TEST(AdaptedMachine, hides_what_the_kernel_does_not_know) {
    for (const char* const name : {"apu", "gfx90a"}) {
        Preset preset = make_preset(name).value();
        EXPECT_TRUE(shows_debugging(preset)) << name;
        hide_debug_support(preset);
        EXPECT_FALSE(shows_debugging(preset)) << name;
    }
}

TEST(AdaptedMachine, has_no_accelerator_when_bare) {
    const Preset bare = make_preset("bare").value();
    EXPECT_TRUE(bare.devices.empty());
    EXPECT_TRUE(bare.topology.contains("nodes/0/properties"));
    EXPECT_FALSE(bare.topology.contains("nodes/1/gpu_id"));
}

TEST(EveryRecordedAccelerator, tells_the_truth_about_debugging) {
    const Preset preset = make_preset("mi308x").value();
    for (const PresetDevice& device : preset.devices) {
        EXPECT_TRUE(Generation{device.gfx_target_version}.is_debuggable());
        EXPECT_TRUE(Generation{device.gfx_target_version}.debugs_per_vmid());
    }
}

}  // namespace
}  // namespace penstock::emulator
