// SPDX-License-Identifier: Apache-2.0
//
// gpu_metrics: what the firmware of an AMD device measures of itself, as the driver shows it.
//
// A binary table whose layout differs with every generation; its header says which it claims to be.
// The layouts are those of struct gpu_metrics_v* in Linux's kgd_pp_interface.h on 64-bit machines.
// The driver fills a table with ones before it writes what it knows, so all ones mean unknown.

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/probes/decode/decoded_field.h"
#include "base/result.h"

namespace penstock {

struct MetricsVersion {
    std::uint8_t format = 0;
    std::uint8_t content = 0;
    bool operator==(const MetricsVersion&) const = default;
};

// One quantity. The format may have no field for it, or the driver no value.
struct Metric {
    bool in_format = false;
    std::optional<double> value{};
};

// What Penstock uses of a table, in SI units.
struct GpuMetrics {
    MetricsVersion version{};
    Metric dram_read{};  // Bytes per second of the whole memory, as the next.
    Metric dram_written{};
    Metric busy{};         // 0..1, of the graphics and compute engine.
    Metric temperature{};  // Degrees Celsius, at the edge of a die or of an APU's graphics.
    Metric hotspot{};
    // Watts. An APU's contains its processor cores; `power_socket` also a companion device.
    Metric power_device{};
    Metric power_socket{};
    Metric power_graphics{};
    Metric power_cores{};
    Metric energy{};                              // Joules.
    std::optional<std::uint64_t> energy_count{};  // The same, in units of energy_unit.
    Metric graphics_clock{};                      // Hertz.
    Metric memory_clock{};
    Metric link_width{};    // Lanes.
    Metric link_speed{};    // Transfers per second and lane.
    Metric link_traffic{};  // Bytes per second, of both directions together.
};

// Of the energy accumulator, in joules: 2^-16, which the kernel writes as 15.259 uJ.
inline constexpr double energy_unit = 1.0 / 65536;

// Why a file is no table.
struct MetricsFault {
    enum class Kind : std::uint8_t {
        no_header,
        cut_short,       // The table claims more bytes than the file has.
        unknown_format,  // No layout is known for this version.
        odd_size,        // The version is known, and has another size.
        odd_attributes,  // The attributes do not fill the table.
    };
    Kind kind = Kind::no_header;
    std::size_t bytes = 0;    // Of the file.
    std::size_t claimed = 0;  // By the header, as the version.
    MetricsVersion version{};
    bool operator==(const MetricsFault&) const = default;

    [[nodiscard]] std::string sentence() const;
};

// Longer than any table; the kernel gives at most a page.
inline constexpr std::size_t longest_gpu_metrics = 4096;

// Allocates nothing.
[[nodiscard]] std::expected<GpuMetrics, MetricsFault> decode_gpu_metrics(std::string_view file);

// Every field of the table.
[[nodiscard]] Result<std::vector<DecodedField>> decode_gpu_metrics_fields(std::string_view file);

// "v1.3".
[[nodiscard]] std::string spelled(MetricsVersion version);

}  // namespace penstock
