// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "kmod-helpers/emulator/preset.h"

namespace penstock::emulator {
namespace {

// The fields of Linux 6.12's struct gpu_metrics_v3_0 that the model can fill. All ones are the
// driver's own sign for a value that it does not know.
constexpr std::size_t structure_bytes = 264;
constexpr std::size_t structure_size_at = 0;
constexpr std::size_t format_revision_at = 2;
constexpr std::size_t content_revision_at = 3;
constexpr std::size_t average_dram_reads_at = 94;     // MB/s.
constexpr std::size_t average_dram_writes_at = 96;    // MB/s.
constexpr std::size_t system_clock_counter_at = 104;  // ns.

constexpr char unknown_byte = '\xff';

// Saturates below the value that means unknown.
std::uint16_t megabytes_per_second(BytesPerSecond rate) {
    constexpr std::uint64_t most = 0xfffe;
    return static_cast<std::uint16_t>(std::min(rate.value / 1'000'000, most));
}

template <typename T>
void put(std::string& bytes, std::size_t offset, T value) {
    std::memcpy(bytes.data() + offset, &value, sizeof(value));
}

}  // namespace

std::string gpu_metrics_v3_0(BytesPerSecond dram_read, BytesPerSecond dram_written, TimePoint now) {
    std::string bytes(structure_bytes, unknown_byte);
    put<std::uint16_t>(bytes, structure_size_at, structure_bytes);
    put<std::uint8_t>(bytes, format_revision_at, 3);
    put<std::uint8_t>(bytes, content_revision_at, 0);
    put(bytes, average_dram_reads_at, megabytes_per_second(dram_read));
    put(bytes, average_dram_writes_at, megabytes_per_second(dram_written));
    put(bytes, system_clock_counter_at, to_ns(now));
    return bytes;
}

}  // namespace penstock::emulator
