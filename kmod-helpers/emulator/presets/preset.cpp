// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/preset.h"

#include "base/text.h"
#include "kmod-helpers/emulator/presets/modelled_machines.h"
#include "kmod-helpers/emulator/presets/recorded_machine.h"
#include "kmod-helpers/emulator/presets/topology.h"

namespace penstock::emulator {
namespace {

Topology mi308x_topology() {
    Topology topology;
    for (const TopologyFile& file : mi308x_files()) {
        topology.emplace(file.path, file.text);
    }
    return topology;
}

Result<Preset> preset_from(const std::string& name, Topology topology) {
    Result<std::vector<PresetDevice>> devices = devices_of(topology);
    if (!devices) {
        return std::unexpected(std::move(devices).error());
    }
    return Preset{.name = name, .topology = std::move(topology), .devices = *std::move(devices)};
}

}  // namespace

Result<Preset> make_preset(const std::string& name) {
    if (name == "apu") {
        return preset_from(name, apu_topology());
    }
    if (name == "gfx90a") {
        return preset_from(name, gfx90a_topology());
    }
    if (name == "mi308x") {
        return preset_from(name, mi308x_topology());
    }
    if (name == "bare") {
        return Preset{.name = name, .topology = bare_topology(), .devices = {}};
    }
    return fail("there is no preset '" + printable(name) + "', only apu, gfx90a, mi308x and bare");
}

Result<Preset> read_preset(const std::string& directory) {
    const std::string purpose = "use topology " + printable(directory, 256);
    Result<Topology> topology = read_topology(directory);
    if (!topology) {
        return fail(std::move(topology).error(), purpose);
    }
    Result<Preset> preset = preset_from(directory, *std::move(topology));
    if (!preset) {
        return fail(std::move(preset).error(), purpose);
    }
    return preset;
}

}  // namespace penstock::emulator
