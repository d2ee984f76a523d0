// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/gpu/gpu_metrics.h"

#include <cstring>
#include <string>

namespace penstock {
namespace {

constexpr std::size_t header_bytes = 4;  // u16 structure_size, u8 format, u8 content.
constexpr std::uint8_t format_v3 = 3;
constexpr std::size_t dram_reads_offset = 94;
constexpr std::size_t dram_writes_offset = 96;
constexpr std::uint16_t not_measured = 0xffff;
constexpr std::uint64_t bytes_per_megabyte = 1'000'000;

std::uint16_t u16_at(std::string_view file, std::size_t offset) {
    std::uint16_t value = 0;
    std::memcpy(&value, file.data() + offset, sizeof value);
    return value;
}

std::optional<BytesPerSecond> rate_at(std::string_view file, std::size_t offset) {
    const std::uint16_t megabytes = u16_at(file, offset);
    if (megabytes == not_measured) {
        return std::nullopt;
    }
    return BytesPerSecond{megabytes * bytes_per_megabyte};
}

}  // namespace

Result<DramTraffic> decode_dram_traffic(std::string_view file) {
    if (file.size() < header_bytes) {
        return fail("gpu_metrics has " + std::to_string(file.size()) +
                    " bytes, less than a header");
    }
    const std::size_t size = u16_at(file, 0);
    const auto format = static_cast<std::uint8_t>(file[2]);
    const auto content = static_cast<std::uint8_t>(file[3]);
    // The kernel may pad the file, but a structure longer than the file was cut.
    if (size > file.size() || size < header_bytes) {
        return fail("gpu_metrics has " + std::to_string(file.size()) + " bytes and claims " +
                    std::to_string(size));
    }
    if (format != format_v3 || content != 0 || size < dram_writes_offset + sizeof(std::uint16_t)) {
        return fail("gpu_metrics v" + std::to_string(format) + "." + std::to_string(content) +
                    " has no DRAM traffic");
    }
    return DramTraffic{.read = rate_at(file, dram_reads_offset),
                       .written = rate_at(file, dram_writes_offset)};
}

}  // namespace penstock
