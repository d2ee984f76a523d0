// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <algorithm>

#include "kmod-helpers/emulator/presets/property_text.h"
#include "kmod-helpers/emulator/presets/topology.h"

namespace penstock::emulator {
namespace {

// Doorbell offsets carry the id in 16 bits.
constexpr Bounds gpu_ids{.least = 0, .most = 0xffff};
constexpr Bounds simd_counts{.least = 1, .most = 65536};
constexpr Bounds simds_per_unit{.least = 1, .most = 64};
constexpr Bounds target_versions{.least = 70000, .most = 999999};
constexpr Bounds render_minors{.least = 0, .most = 1023};

// From RDNA3 on, queues are mapped one by one by the micro-engine scheduler.
Scheduler scheduler_of(std::uint32_t gfx_target_version) {
    return gfx_target_version >= 110000 ? Scheduler::mes : Scheduler::hws;
}

// The Strix APUs, whose power controller reports DRAM traffic in a table of its own kind.
bool reports_dram_traffic(std::uint32_t gfx_target_version) {
    return gfx_target_version >= 110500 && gfx_target_version <= 110502;
}

std::string text_of(const Topology& topology, const std::string& file) {
    const auto found = topology.find(file);
    return found == topology.end() ? std::string() : found->second;
}

Result<PresetDevice> device_of(const std::string& file,
                               std::string_view properties,
                               std::uint32_t gpu_id) {
    const auto simds = property_within(file, properties, "simd_count", simd_counts);
    const auto per_unit = property_within(file, properties, "simd_per_cu", simds_per_unit);
    const auto version = property_within(file, properties, "gfx_target_version", target_versions);
    const auto minor = property_within(file, properties, "drm_render_minor", render_minors);
    for (const auto* number : {&simds, &per_unit, &version, &minor}) {
        if (!*number) {
            return std::unexpected(number->error());
        }
    }
    PresetDevice device{.gpu_id = gpu_id,
                        .render_minor = *minor,
                        .gfx_target_version = *version,
                        .name = target_name(*version),
                        .has_metrics_v3_0 = reports_dram_traffic(*version)};
    device.settings.scheduler = scheduler_of(*version);
    device.settings.compute_units = std::max(1U, *simds / *per_unit);
    return device;
}

}  // namespace

std::string target_name(std::uint32_t gfx_target_version) {
    return fmt::format("gfx{}{:x}{:x}",
                       gfx_target_version / 10000,
                       gfx_target_version / 100 % 100,
                       gfx_target_version % 100);
}

Result<std::vector<PresetDevice>> devices_of(const Topology& topology) {
    std::vector<PresetDevice> devices;
    for (std::uint32_t node = 0;; ++node) {
        const std::string id_file = fmt::format("nodes/{}/gpu_id", node);
        const auto id_text = topology.find(id_file);
        if (id_text == topology.end()) {
            break;
        }
        const auto gpu_id = number_within(id_file, id_text->second, gpu_ids);
        if (!gpu_id) {
            return std::unexpected(gpu_id.error());
        }
        if (*gpu_id == 0) {
            continue;  // A CPU.
        }
        if (std::ranges::find(devices, *gpu_id, &PresetDevice::gpu_id) != devices.end()) {
            return fail(fmt::format("{}: {} is another node's too", id_file, *gpu_id));
        }
        const std::string file = fmt::format("nodes/{}/properties", node);
        Result<PresetDevice> device = device_of(file, text_of(topology, file), *gpu_id);
        if (!device) {
            return std::unexpected(std::move(device).error());
        }
        devices.push_back(*std::move(device));
    }
    if (devices.empty()) {
        return fail("no node is a GPU: every gpu_id is 0");
    }
    return devices;
}

}  // namespace penstock::emulator
