// SPDX-License-Identifier: Apache-2.0
//
// Synthetic kernel: what the emulator "executes". A dispatch whose kernel_object is the magic value
// has such a structure at its kernarg address, which says how long the kernel runs alone on the
// device and what it moves. Any other kernel_object runs for the emulator's default duration.

#pragma once

#include <cstdint>

namespace penstock::emulator {

inline constexpr std::uint64_t synthetic_kernel_object = 0x50454e53544f434bULL;  // "PENSTOCK".

struct SyntheticKernel {
    std::uint64_t duration_ns = 0;  // Alone on the whole device.
    std::uint64_t dram_read_bytes = 0;
    std::uint64_t dram_written_bytes = 0;
};

}  // namespace penstock::emulator
