// SPDX-License-Identifier: Apache-2.0

#include "agent/device_survey.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "agent/probes/accelerators.h"
#include "agent/probes/real_machine.h"
#include "base/text.h"
#include "kmod-helpers/doctor/facts.h"
#include "kmod-helpers/doctor/generation.h"
#include "kmod-helpers/topology.h"

namespace penstock {
namespace {

bool is_apu(GpuId gpu, const Surroundings& around) {
    const auto found = std::ranges::find(around.devices, gpu, &DevicePlace::gpu);
    return found != around.devices.end() && found->apu;
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
    RealMachine machine({.sys = sysfs.root()});
    DeviceSurvey survey{.around =
                            surroundings_of(find_accelerators(machine), !S_ISCHR(file.st_mode))};
    for (const kfd::TopologyNode& node : *nodes) {
        if (node.gpu_id == 0) {
            continue;
        }
        survey.devices.push_back(
            {.gpu = {node.gpu_id},
             .name = node.name,
             .emulated = survey.around.emulated,
             .apu = is_apu({node.gpu_id}, survey.around),
             .scheduler = scheduler_of(node, sysfs),
             .compute_units = compute_units_of(node),
             .one_debugged = doctor::has_one_debug_slot(node.gfx_target_version)});
    }
    if (survey.devices.empty()) {
        return fail("the driver shows no accelerator in " + sysfs.path("class/kfd/kfd/topology"));
    }
    return survey;
}

}  // namespace penstock
