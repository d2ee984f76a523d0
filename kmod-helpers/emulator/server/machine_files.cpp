// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/machine_files.h"

#include <fmt/format.h>

#include "base/clock.h"

namespace penstock::emulator {

namespace {

std::string metrics_of(const Devices& devices, std::uint32_t gpu_id) {
    const TimePoint now = monotonic_now();
    const DramRates rates = devices.rates(gpu_id, now);
    return gpu_metrics_v3_0(rates.read, rates.written, now);
}

}  // namespace

FixedFiles machine_files(const Preset& preset, const Devices& devices) {
    FixedFiles files;
    for (const auto& [path, content] : preset.topology) {
        files.add_text("sys/class/kfd/kfd/topology/" + path, content);
    }
    for (const PresetDevice& device : preset.devices) {
        if (device.has_metrics_v3_0 && device.render_minor != 0) {
            files.add(
                fmt::format("sys/class/drm/renderD{}/device/gpu_metrics", device.render_minor),
                [&devices, gpu_id = device.gpu_id] { return metrics_of(devices, gpu_id); });
        }
    }
    files.add("emulator/counters", [&devices] { return devices.counters_text(); });
    return files;
}

std::vector<std::uint32_t> gpu_ids_of(const Preset& preset) {
    std::vector<std::uint32_t> gpu_ids;
    for (const PresetDevice& device : preset.devices) {
        gpu_ids.push_back(device.gpu_id);
    }
    return gpu_ids;
}

}  // namespace penstock::emulator
