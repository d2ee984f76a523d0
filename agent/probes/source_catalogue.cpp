// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/source_catalogue.h"

#include <array>

#include "agent/probes/calibration/canary_source.h"
#include "agent/probes/calibration/peak_sources.h"
#include "agent/probes/energy/energy_sources.h"
#include "agent/probes/gpu/gpu_sources.h"
#include "agent/probes/pcm/pcm_sources.h"
#include "agent/probes/perf/counting_source.h"
#include "agent/probes/perf/perf_kinds.h"
#include "agent/probes/pressure/pressure_sources.h"
#include "agent/probes/resctrl/resctrl_sources.h"

namespace penstock {
namespace {

// Of owners' memory DRM knows more than KFD, which counts only what it allocated itself.
constexpr std::array entries{
    // DRAM: memory controllers see every byte, whoever asked for it. Programmed counters come
    // before those that run free, which have fewer bits.
    SourceEntry{.kind = "amd_umc",
                .measures = "traffic and utilization of DRAM, as AMD's memory controllers count it",
                .make = make_counting<kinds::amd_umc>,
                .make_for = nullptr},
    SourceEntry{.kind = "uncore_imc",
                .measures = "traffic of DRAM, as Intel's memory controllers count it",
                .make = make_counting<kinds::uncore_imc>,
                .make_for = nullptr},
    SourceEntry{.kind = "uncore_imc_free_running",
                .measures = "traffic of DRAM, from Intel's counters that need no programming",
                .make = make_counting<kinds::uncore_imc_free_running>,
                .make_for = nullptr},
    SourceEntry{.kind = "amd_df",
                .measures = "traffic of DRAM, as AMD's data fabric before Zen 4 counts it",
                .make = make_counting<kinds::amd_df>,
                .make_for = nullptr},
    // An APU's firmware sees its DRAM where perf has no counter for it.
    SourceEntry{.kind = "pcie_link",
                .measures = "what a device's link can carry, in one direction",
                .make = nullptr,
                .make_for = make_pcie_link},
    SourceEntry{.kind = "gpu_metrics",
                .measures = "what an AMD device's firmware measures of itself",
                .make = nullptr,
                .make_for = make_gpu_metrics},
    SourceEntry{.kind = "pcm_memory",
                .measures = "DRAM traffic, by Intel PCM",
                .make = make_pcm_memory,
                .make_for = nullptr},
    SourceEntry{.kind = "resctrl_mbm",
                .measures = "what processors ask of memory",
                .make = make_resctrl_mbm,
                .make_for = nullptr},
    SourceEntry{.kind = "resctrl_groups",
                .measures = "what the processors of each process with queues ask of memory",
                .make = make_resctrl_groups,
                .make_for = nullptr},
    // What an administrator says is meant; what was measured is achievable; and only where neither
    // is known does the memory's clock tell what would be the most in theory.
    SourceEntry{.kind = "configured_peak",
                .measures = "what an administrator says a memory node can move at most",
                .make = make_configured_peak,
                .make_for = nullptr},
    SourceEntry{
        .kind = "calibrated_peak",
        .measures = "what calibration saw a memory node move at most, and cores at once beside one",
        .make = make_calibrated_peak,
        .make_for = nullptr},
    SourceEntry{.kind = "canary",
                .measures = "pressure on memory that nothing counts, where calibration allows it",
                .make = make_canary,
                .make_for = nullptr},
    // PCIe, from the host's side: exact, but of a whole package. A device's own counters follow.
    SourceEntry{.kind = "uncore_iio",
                .measures = "PCIe traffic of a package, as Intel's IO stacks count it",
                .make = make_counting<kinds::uncore_iio>,
                .make_for = nullptr},
    SourceEntry{
        .kind = "uncore_iio_free_running",
        .measures = "PCIe traffic of a package, from IO stacks' counters that need no programming",
        .make = make_counting<kinds::uncore_iio_free_running>,
        .make_for = nullptr},
    SourceEntry{.kind = "uncore_cha",
                .measures = "PCIe traffic of a package, as lines that its caches were asked for",
                .make = make_counting<kinds::uncore_cha>,
                .make_for = nullptr},
    SourceEntry{.kind = "amd_df_upstream",
                .measures = "PCIe traffic of a package, as AMD's data fabric since Zen 4 counts it",
                .make = make_counting<kinds::amd_df_upstream>,
                .make_for = nullptr},
    SourceEntry{.kind = "pcm_iio",
                .measures = "traffic of devices over PCIe, by Intel PCM",
                .make = make_pcm_iio,
                .make_for = nullptr},
    SourceEntry{.kind = "pcie_bw",
                .measures = "packets over PCIe, as devices before RDNA count them",
                .make = nullptr,
                .make_for = make_pcie_bw},
    // Energy: perf's counters are 64 bits wide, the files of powercap wrap within the hour.
    SourceEntry{.kind = "power",
                .measures = "energy of packages and their parts, from RAPL through perf",
                .make = make_counting<kinds::power>,
                .make_for = nullptr},
    SourceEntry{.kind = "powercap",
                .measures = "energy of packages, from RAPL's files",
                .make = make_powercap,
                .make_for = nullptr},
    SourceEntry{.kind = "msr",
                .measures = "the time stamp counter, as a check of perf's own path",
                .make = make_counting<kinds::msr>,
                .make_for = nullptr},
    SourceEntry{.kind = "hwmon",
                .measures = "power, energy and temperature of a device",
                .make = nullptr,
                .make_for = make_hwmon},
    SourceEntry{.kind = "amdgpu_sysfs",
                .measures = "memory and load of a device, in amdgpu's files",
                .make = nullptr,
                .make_for = make_amdgpu_sysfs},
    SourceEntry{.kind = "drm",
                .measures = "memory and resets of a device, asked of its driver",
                .make = nullptr,
                .make_for = make_drm},
    SourceEntry{.kind = "fdinfo",
                .measures = "engine time and memory of clients, as DRM accounts them",
                .make = make_fdinfo,
                .make_for = nullptr},
    SourceEntry{.kind = "kfd_sysfs",
                .measures = "memory, copies and evictions of clients, as KFD accounts them",
                .make = make_kfd_sysfs,
                .make_for = nullptr},
    // Of processes, and what steals time from everybody.
    SourceEntry{.kind = "cpu_time",
                .measures = "processor time of each process with queues",
                .make = make_cpu_time,
                .make_for = nullptr},
    SourceEntry{.kind = "machine_time",
                .measures = "time for which processors ran and idled",
                .make = make_machine_time,
                .make_for = nullptr},
    SourceEntry{.kind = "psi",
                .measures = "time for which tasks waited for memory or a processor",
                .make = make_psi,
                .make_for = nullptr},
    SourceEntry{.kind = "steal",
                .measures = "time that a hypervisor gave to others",
                .make = make_steal,
                .make_for = nullptr},
};

void add_of_each_device(const SourceEntry& entry,
                        std::uint16_t kind,
                        const SourceSettings& settings,
                        const Surroundings& around,
                        std::vector<NumberedSource>& into) {
    std::uint16_t instance = 0;
    for (const DevicePlace& device : around.devices) {
        into.push_back({.id = {.kind = kind, .instance = instance},
                        .device = device.gpu,
                        .source = entry.make_for(settings, device)});
        ++instance;
    }
}

}  // namespace

std::span<const SourceEntry> source_catalogue() {
    return entries;
}

std::vector<NumberedSource> make_sources(const SourceSettings& settings,
                                         const Surroundings& around) {
    std::vector<NumberedSource> sources;
    std::uint16_t kind = 0;
    for (const SourceEntry& entry : source_catalogue()) {
        if (entry.make != nullptr) {
            sources.push_back({.id = {.kind = kind}, .source = entry.make(settings)});
        } else {
            add_of_each_device(entry, kind, settings, around, sources);
        }
        ++kind;
    }
    return sources;
}

}  // namespace penstock
