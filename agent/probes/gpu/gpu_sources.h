// SPDX-License-Identifier: Apache-2.0
//
// The sources that measure accelerators and what their clients use of them, as the catalogue makes
// them.

#pragma once

#include <memory>

#include "agent/probes/source_catalogue.h"

namespace penstock {

// What the device's link can carry.
[[nodiscard]] std::unique_ptr<Source> make_pcie_link(const SourceSettings& settings,
                                                     const DevicePlace& device);

// What the firmware measures of itself.
[[nodiscard]] std::unique_ptr<Source> make_gpu_metrics(const SourceSettings& settings,
                                                       const DevicePlace& device);

// The packets that old devices count; a read takes a second.
[[nodiscard]] std::unique_ptr<Source> make_pcie_bw(const SourceSettings& settings,
                                                   const DevicePlace& device);

// Power, energy and temperature, as for any sensor.
[[nodiscard]] std::unique_ptr<Source> make_hwmon(const SourceSettings& settings,
                                                 const DevicePlace& device);

// Memory and load, in amdgpu's own files.
[[nodiscard]] std::unique_ptr<Source> make_amdgpu_sysfs(const SourceSettings& settings,
                                                        const DevicePlace& device);

// Memory and resets, asked of the driver through libdrm.
[[nodiscard]] std::unique_ptr<Source> make_drm(const SourceSettings& settings,
                                               const DevicePlace& device);

// What clients use, as DRM accounts it.
[[nodiscard]] std::unique_ptr<Source> make_fdinfo(const SourceSettings& settings);

// What clients use, as KFD accounts it.
[[nodiscard]] std::unique_ptr<Source> make_kfd_sysfs(const SourceSettings& settings);

}  // namespace penstock
