// SPDX-License-Identifier: Apache-2.0
//
// Modelled machines: topologies written here, close to real machines of their kind. One CPU node
// and one GPU node each; everything that AMD's runtime insists on is there.

#pragma once

#include "kmod-helpers/emulator/presets/topology.h"

namespace penstock::emulator {

// Like a Strix Point notebook, but with the 16 compute units of its largest variant.
[[nodiscard]] Topology apu_topology();

// Like a server with one MI210: the newest GPU that Debian 12's ROCr knows.
[[nodiscard]] Topology gfx90a_topology();

// A machine whose driver found no accelerator.
[[nodiscard]] Topology bare_topology();

}  // namespace penstock::emulator
