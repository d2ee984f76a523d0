// SPDX-License-Identifier: Apache-2.0
//
// Stream kernels: loops that move memory as fast as one core can, and one that waits for it.
//
// Which instructions they use is asked of the processor when it runs, never of its model number:
// virtual machines lie about that.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace penstock::calibration {

// What memory moves at a time.
struct alignas(64) Line {
    std::array<std::uint64_t, 8> words{};
};

struct StreamKernels {
    std::string_view name{};  // Of the instructions: "avx2".

    // Returns the sum of all words, so that every byte has to arrive.
    std::uint64_t (*read)(std::span<const Line> from) = nullptr;

    // Sets all words. Past the caches where the instructions allow it, so that no line is fetched
    // only to be overwritten.
    void (*write)(std::span<Line> into, std::uint64_t word) = nullptr;

    // As a read and a write; `into` has the same size, and nothing in common with `from`.
    void (*copy)(std::span<Line> into, std::span<const Line> from) = nullptr;
};

// Those that this processor can execute, fastest first; the last one any can.
[[nodiscard]] std::span<const StreamKernels> offered_kernels();

// Makes one ring of all lines, in an order that no prefetcher guesses: the first word of each is
// the number of the next. Takes a power of two of them.
void link_ring(std::span<Line> lines);

// Follows the ring for so many hops, each of which must wait for the one before. Returns the number
// of the line it has come to.
[[nodiscard]] std::uint64_t chase(std::span<const Line> lines,
                                  std::uint64_t start,
                                  std::size_t hops);

}  // namespace penstock::calibration
