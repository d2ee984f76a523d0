// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/machine_files.h"

#include <fmt/format.h>

#include <cerrno>

#include "base/clock.h"
#include "kmod-helpers/emulator/driver/counters_text.h"

namespace penstock::emulator {

namespace {

std::string metrics_of(const Devices& devices, std::uint32_t gpu_id) {
    const TimePoint now = monotonic_now();
    const DramRates rates = devices.rates(gpu_id, now);
    return gpu_metrics_v3_0(rates.read, rates.written, now);
}

void add_metrics(FixedFiles& files, const PresetDevice& device, const Devices& devices) {
    if (device.has_metrics_v3_0 && device.render_minor != 0) {
        files.add(fmt::format("sys/class/drm/renderD{}/device/gpu_metrics", device.render_minor),
                  [&devices, gpu_id = device.gpu_id] { return metrics_of(devices, gpu_id); });
    }
}

// With the values that the driver has unless told otherwise.
void add_parameters(FixedFiles& files, const DriverSettings& settings) {
    const std::string folder = "sys/module/amdgpu/parameters/";
    files.add_text(folder + "sched_policy",
                   fmt::format("{}\n", static_cast<unsigned>(settings.scheduler_policy)));
    files.add_text(folder + "cwsr_enable", "1\n");
    files.add_text(folder + "hws_max_conc_proc", "-1\n");
    files.add_text(folder + "queue_preemption_timeout_ms", "9000\n");
    files.add_text(folder + "halt_if_hws_hang", "0\n");
    files.add_text(folder + "max_num_of_queues_per_device", "4096\n");
}

}  // namespace

FixedFiles machine_files(const Preset& preset, Driver& driver) {
    const Devices& devices = driver.devices();
    FixedFiles files;
    for (const auto& [path, content] : preset.topology) {
        files.add_text("sys/class/kfd/kfd/topology/" + path, content);
    }
    for (const PresetDevice& device : preset.devices) {
        add_metrics(files, device, devices);
    }
    add_parameters(files, driver.settings());
    files.add("emulator/counters",
              [&driver] { return counters_text(driver.devices(), driver.owners()); });
    files.add_control(
        "emulator/faults",
        [&driver] { return driver.faults().text(); },
        [&driver](std::string_view lines) { return driver.inject(lines, monotonic_now()); });
    files.add_control(
        "emulator/memory",
        [&devices] { return devices.memory().text(devices.dram_demand(), monotonic_now()); },
        [&driver](std::string_view lines) {
            return driver.devices().memory().note(lines, monotonic_now()) ? 0 : -EINVAL;
        });
    return files;
}

std::vector<std::uint32_t> gpu_ids_of(const Preset& preset) {
    std::vector<std::uint32_t> gpu_ids;
    gpu_ids.reserve(preset.devices.size());
    for (const PresetDevice& device : preset.devices) {
        gpu_ids.push_back(device.gpu_id);
    }
    return gpu_ids;
}

}  // namespace penstock::emulator
