// SPDX-License-Identifier: Apache-2.0
//
// Recorded machines: topologies of real machines, embedded at build time by embed_topology.py.

#pragma once

#include <span>

namespace penstock::emulator {

struct TopologyFile {
    const char* path;  // Below the topology directory.
    const char* text;
};

// Eight MI308X, each partitioned into four; see mi308x/ORIGIN.md.
[[nodiscard]] std::span<const TopologyFile> mi308x_files();

}  // namespace penstock::emulator
