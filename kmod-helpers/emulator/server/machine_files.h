// SPDX-License-Identifier: Apache-2.0
//
// Machine files: those of a preset's machine whatever runs on it: the KFD topology, the parameters
// of its driver, the metrics of its accelerators, and the emulator's own counters and faults.

#pragma once

#include "kmod-helpers/emulator/driver/driver.h"
#include "kmod-helpers/emulator/server/fixed_files.h"

namespace penstock::emulator {

// The driver must outlive the files.
[[nodiscard]] FixedFiles machine_files(const Preset& preset, Driver& driver);

[[nodiscard]] std::vector<std::uint32_t> gpu_ids_of(const Preset& preset);

}  // namespace penstock::emulator
