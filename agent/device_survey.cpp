// SPDX-License-Identifier: Apache-2.0

#include "agent/device_survey.h"

#include <sys/stat.h>

#include <cerrno>

#include "base/text.h"
#include "kmod-helpers/doctor/facts.h"
#include "kmod-helpers/doctor/generation.h"
#include "kmod-helpers/topology.h"

namespace penstock {
namespace {

// From its format 2 on, gpu_metrics is that of an APU, whose memory is the machine's.
bool is_apu(const kfd::TopologyNode& node, const Tree& sysfs) {
    constexpr std::size_t format_offset = 2;
    constexpr char first_apu_format = 2;
    const Result<std::string> metrics =
        sysfs.read("class/drm/renderD" + std::to_string(node.render_minor) + "/device/gpu_metrics");
    return metrics && metrics->size() > format_offset &&
           (*metrics)[format_offset] >= first_apu_format;
}

DevicePlace place_of(const kfd::TopologyNode& node, bool apu) {
    return {.gpu = {node.gpu_id},
            .render_path = node.render_minor != 0
                               ? "sys/class/drm/renderD" + std::to_string(node.render_minor)
                               : "",
            .topology_node = node.number,
            .apu = apu};
}

DeviceScheduler scheduler_of(const kfd::TopologyNode& node, const Tree& sysfs) {
    const Result<std::string> policy = sysfs.read("module/amdgpu/parameters/sched_policy");
    if (policy && trimmed(*policy) == std::to_string(doctor::sched_policy_without_hws)) {
        return DeviceScheduler::none;
    }
    switch (doctor::scheduler_of(node.gfx_target_version)) {
        case doctor::Scheduler::none:
            return DeviceScheduler::none;
        case doctor::Scheduler::hws:
            return DeviceScheduler::hws;
        case doctor::Scheduler::mes:
            return DeviceScheduler::mes;
        case doctor::Scheduler::unknown:
            break;
    }
    return DeviceScheduler::unknown;
}

std::uint32_t compute_units_of(const kfd::TopologyNode& node) {
    return node.simds_per_cu != 0 ? node.simd_count / node.simds_per_cu : 0;
}

}  // namespace

Result<DeviceSurvey> survey_devices(const std::string& kfd_path, const Tree& sysfs) {
    struct stat file{};
    if (::stat(kfd_path.c_str(), &file) != 0) {
        return fail(errno, "find a device at " + kfd_path);
    }
    const Result<std::vector<kfd::TopologyNode>> nodes = kfd::read_topology(sysfs);
    if (!nodes) {
        return std::unexpected(nodes.error());
    }
    // The driver's file is a character device; only the emulator serves a regular one.
    DeviceSurvey survey{.around = {.emulated = !S_ISCHR(file.st_mode)}};
    for (const kfd::TopologyNode& node : *nodes) {
        if (node.gpu_id == 0) {
            continue;
        }
        const bool apu = is_apu(node, sysfs);
        survey.devices.push_back(
            {.gpu = {node.gpu_id},
             .name = node.name,
             .emulated = survey.around.emulated,
             .apu = apu,
             .scheduler = scheduler_of(node, sysfs),
             .compute_units = compute_units_of(node),
             .one_debugged = doctor::has_one_debug_slot(node.gfx_target_version)});
        survey.around.devices.push_back(place_of(node, apu));
    }
    if (survey.devices.empty()) {
        return fail("the driver shows no accelerator in " + sysfs.path("class/kfd/kfd/topology"));
    }
    return survey;
}

}  // namespace penstock
