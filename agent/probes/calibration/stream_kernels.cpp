// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/stream_kernels.h"

#include <algorithm>
#include <vector>

#include "agent/probes/calibration/stream_kernels_x86.h"

namespace penstock::calibration {
namespace {

std::uint64_t read_plain(std::span<const Line> from) {
    Line sums;
    for (const Line& line : from) {
        for (std::size_t word = 0; word < line.words.size(); ++word) {
            sums.words[word] += line.words[word];
        }
    }
    std::uint64_t sum = 0;
    for (const std::uint64_t word : sums.words) {
        sum += word;
    }
    return sum;
}

void write_plain(std::span<Line> into, std::uint64_t word) {
    for (Line& line : into) {
        line.words.fill(word);
    }
}

void copy_plain(std::span<Line> into, std::span<const Line> from) {
    std::ranges::copy(from, into.begin());
}

constexpr StreamKernels plain_kernels{
    .name = "plain", .read = read_plain, .write = write_plain, .copy = copy_plain};

std::vector<StreamKernels> find_offered() {
    std::vector<StreamKernels> offered;
#if defined(__x86_64__)
    // These ask whether the kernel saves the registers as well.
    if (__builtin_cpu_supports("avx512f") != 0) {
        offered.push_back(avx512_kernels);
    }
    if (__builtin_cpu_supports("avx2") != 0) {
        offered.push_back(avx2_kernels);
    }
    offered.push_back(sse2_kernels);
#endif
    offered.push_back(plain_kernels);
    return offered;
}

}  // namespace

std::span<const StreamKernels> offered_kernels() {
    static const std::vector<StreamKernels> offered = find_offered();
    return offered;
}

// A linear congruential sequence modulo a power of two visits every number once when its increment
// is odd and its factor is one more than a multiple of four; these are Knuth's. Written in a row,
// it costs one pass where a shuffle would wait for memory twice per line.
void link_ring(std::span<Line> lines) {
    constexpr std::uint64_t factor = 6364136223846793005;
    constexpr std::uint64_t increment = 1442695040888963407;
    const std::uint64_t mask = lines.size() - 1;
    std::uint64_t number = 0;
    for (Line& line : lines) {
        line.words[0] = (factor * number + increment) & mask;
        ++number;
    }
}

std::uint64_t chase(std::span<const Line> lines, std::uint64_t start, std::size_t hops) {
    std::uint64_t at = start;
    for (std::size_t hop = 0; hop < hops; ++hop) {
        at = lines[at].words[0];
    }
    return at;
}

}  // namespace penstock::calibration
