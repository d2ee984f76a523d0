// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/presets/adapted_machine.h"

#include <fmt/format.h>

#include "base/text.h"
#include "kmod-helpers/abi/kfd_debug.h"
#include "kmod-helpers/emulator/generation.h"
#include "kmod-helpers/emulator/presets/property_text.h"
#include "kmod-helpers/emulator/presets/topology.h"

namespace penstock::emulator {

namespace {

constexpr std::uint64_t debug_capabilities =
    kfd::capability_trap_debug_support | kfd::capability_trap_debug_firmware_supported;

std::string with_property(std::string_view text, std::string_view key, std::uint64_t value) {
    std::string changed;
    for (const std::string_view line : split(text, '\n')) {
        if (line.starts_with(key) && line.substr(key.size()).starts_with(' ')) {
            changed += fmt::format("{} {}\n", key, value);
        } else if (!line.empty()) {
            changed += fmt::format("{}\n", line);
        }
    }
    return changed;
}

void set_debug_capability(std::string& properties, bool debuggable) {
    const auto text = value_of(properties, "capability");
    const auto capability = text ? parse_number<std::uint64_t>(*text) : std::nullopt;
    if (capability) {
        const std::uint64_t others = *capability & ~debug_capabilities;
        properties =
            with_property(properties, "capability", others | (debuggable ? debug_capabilities : 0));
    }
}

// Calls `change` with the properties of every node that is an accelerator.
template <typename Change>
void for_each_gpu(Topology& topology, Change change) {
    for (auto& [path, text] : topology) {
        constexpr std::string_view file = "/gpu_id";
        if (!path.ends_with(file) || trimmed(text) == "0") {
            continue;
        }
        const std::string node = path.substr(0, path.size() - file.size());
        const auto properties = topology.find(node + "/properties");
        if (properties != topology.end()) {
            change(properties->second);
        }
    }
}

}  // namespace

Result<Preset> with_generation(Preset preset, std::uint32_t gfx_target_version) {
    const bool debuggable = Generation{gfx_target_version}.is_debuggable();
    for_each_gpu(preset.topology, [&](std::string& properties) {
        properties = with_property(properties, "gfx_target_version", gfx_target_version);
        set_debug_capability(properties, debuggable);
    });
    Result<std::vector<PresetDevice>> devices = devices_of(preset.topology);
    if (!devices) {
        return std::unexpected(std::move(devices).error());
    }
    preset.devices = *std::move(devices);
    return preset;
}

void hide_debug_support(Preset& preset) {
    for_each_gpu(preset.topology,
                 [](std::string& properties) { set_debug_capability(properties, false); });
}

}  // namespace penstock::emulator
