// SPDX-License-Identifier: Apache-2.0
//
// Preset: which machine the emulator pretends to be: the KFD topology it shows in sysfs, and the
// devices behind it.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "kmod-helpers/emulator/device.h"

namespace penstock::emulator {

struct PresetDevice {
    std::uint32_t gpu_id = 0;
    std::uint32_t render_minor = 0;        // 0 when the topology names none.
    std::uint32_t gfx_target_version = 0;  // 90010 for gfx90a, as in the topology.
    std::string name{};                    // "gfx90a", for people.
    DeviceSettings settings{};
    bool has_metrics_v3_0 = false;  // An APU: its gpu_metrics carries the DRAM traffic.
};

struct Preset {
    std::string name{};
    // Everything below /sys/class/kfd/kfd/topology, by path relative to it; "nodes/1/properties".
    std::map<std::string, std::string> topology{};
    std::vector<PresetDevice> devices{};
};

// "apu", "gfx90a", "mi308x", or "bare" for a machine without an accelerator. The error names the
// presets there are.
[[nodiscard]] Result<Preset> make_preset(const std::string& name);

// From a directory that looks like /sys/class/kfd/kfd/topology, such as a recorded machine's.
[[nodiscard]] Result<Preset> read_preset(const std::string& directory);

// The bytes of a gpu_metrics v3.0 file whose DRAM fields carry the given mean rates, in the units
// and at the offsets of Linux 6.12's struct gpu_metrics_v3_0.
[[nodiscard]] std::string gpu_metrics_v3_0(BytesPerSecond dram_read,
                                           BytesPerSecond dram_written,
                                           TimePoint now);

}  // namespace penstock::emulator
