// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/dram/gpu_metrics.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace penstock {
namespace {

constexpr std::size_t header_bytes = 4;  // u16 structure_size, u8 format, u8 content.
constexpr std::size_t longest_file = 4096;
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

Result<DramTraffic> GpuMetricsProbe::traffic() {
    if (!open_file_) {
        Result<Fd> file = open_path(sysfs_.path(file_), O_RDONLY);
        if (!file) {
            return std::unexpected(std::move(file).error());
        }
        open_file_ = std::move(*file);
    }
    std::array<char, longest_file> bytes{};
    const ssize_t length = ::pread(open_file_.get(), bytes.data(), bytes.size(), 0);
    if (length < 0) {
        const int code = errno;
        open_file_.reset();  // The device may have come back under the same name.
        return fail(code, "read " + sysfs_.path(file_));
    }
    return decode_dram_traffic({bytes.data(), static_cast<std::size_t>(length)});
}

bool GpuMetricsProbe::has_dram_traffic() {
    return traffic().has_value();
}

MemoryReading GpuMetricsProbe::read(TimePoint now) {
    const Result<DramTraffic> traffic = this->traffic();
    const std::string source = traffic ? "gpu_metrics v3.0" : traffic.error().message();
    const auto sample = [&](const std::optional<BytesPerSecond>& value) {
        return Sample<BytesPerSecond>{
            .value = value, .source = source, .confidence = Confidence::counter, .taken = now};
    };
    return MemoryReading{.node = node_,
                         .emulated = emulated_,
                         .read = sample(traffic ? traffic->read : std::nullopt),
                         .written = sample(traffic ? traffic->written : std::nullopt),
                         .peak = {.value = std::nullopt, .source = "not measured", .taken = now}};
}

}  // namespace penstock
