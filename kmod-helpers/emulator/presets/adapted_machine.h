// SPDX-License-Identifier: Apache-2.0
//
// Adapted machines: a preset whose accelerators pretend to be of another generation, or whose
// kernel does not know all that they can do.

#pragma once

#include "kmod-helpers/emulator/preset.h"

namespace penstock::emulator {

// The same machine with every accelerator of that generation, down to what its topology says.
[[nodiscard]] Result<Preset> with_generation(Preset preset, std::uint32_t gfx_target_version);

// As a kernel without DBG_TRAP shows it.
void hide_debug_support(Preset& preset);

}  // namespace penstock::emulator
