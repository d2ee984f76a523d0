// SPDX-License-Identifier: Apache-2.0
//
// Metrics field: one row of a table of gpu_metrics, and the unit that its number is in.
//
// Layouts are written as the sequence of their fields, from which the offsets follow as a compiler
// would lay them out: every field at a multiple of its own size.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/probes/decode/gpu_metrics.h"

namespace penstock::metrics {

enum class Unit : std::uint8_t {
    bits,  // Flags.
    count,
    padding,
    celsius,
    centi_celsius,
    percent,
    centi_percent,
    // Before v2.4 some APUs write percent and others hundredths of it.
    percent_or_centi,
    watt,
    milliwatt,
    energy,
    nanosecond,
    ten_nanoseconds,
    microsecond,
    megahertz,
    millivolt,
    milliampere,
    lanes,
    gigatransfer,
    tenth_gigatransfer,
    gigabit_rate,
    megabyte_rate,
    gigabyte_rate,
    kilobyte,
    revolutions_per_minute,
};

// In the unit's SI unit. Nothing for what can not be, or has two meanings.
[[nodiscard]] std::optional<double> in_si(Unit unit, double raw);
[[nodiscard]] std::string_view si_name(Unit unit);

struct Field {
    std::string_view name{};
    std::uint8_t width = 0;  // Bytes.
    Unit unit{};
    std::uint16_t times = 1;
    Metric GpuMetrics::* into = nullptr;
    std::int8_t partition = -1;  // Of which compute partition it is; none when negative.
    std::uint8_t alignment = 0;  // When it is not the width.
    std::uint16_t offset = 0;
};

struct Layout {
    MetricsVersion version{};
    std::uint16_t bytes = 0;
    const Field* fields = nullptr;
    std::size_t field_count = 0;
};

[[nodiscard]] const Layout* find_layout(MetricsVersion version);

template <std::size_t N>
using Fields = std::array<Field, N>;

consteval Field u8(std::string_view name, Unit unit, Metric GpuMetrics::* into = nullptr) {
    return {.name = name, .width = 1, .unit = unit, .into = into};
}

consteval Field u16(std::string_view name, Unit unit, Metric GpuMetrics::* into = nullptr) {
    return {.name = name, .width = 2, .unit = unit, .into = into};
}

consteval Field u32(std::string_view name, Unit unit, Metric GpuMetrics::* into = nullptr) {
    return {.name = name, .width = 4, .unit = unit, .into = into};
}

consteval Field u64(std::string_view name, Unit unit, Metric GpuMetrics::* into = nullptr) {
    return {.name = name, .width = 8, .unit = unit, .into = into};
}

consteval Field operator*(Field field, std::uint16_t times) {
    field.times = times;
    return field;
}

template <std::size_t A, std::size_t B>
consteval Fields<A + B> operator+(const Fields<A>& first, const Fields<B>& second) {
    Fields<A + B> both{};
    for (std::size_t each = 0; each < A + B; ++each) {
        both[each] = each < A ? first[each] : second[each - A];
    }
    return both;
}

template <std::size_t N>
consteval Fields<N + 1> operator+(const Fields<N>& first, const Field& last) {
    return first + Fields<1>{last};
}

// An array of structures, one for each compute partition; each holds a u64.
template <std::size_t Partitions, std::size_t N>
consteval Fields<Partitions * N> for_partitions(const Fields<N>& one) {
    Fields<Partitions * N> all{};
    for (std::size_t each = 0; each < all.size(); ++each) {
        all[each] = one[each % N];
        all[each].partition = static_cast<std::int8_t>(each / N);
        all[each].alignment = each % N == 0 ? 8 : 0;
    }
    return all;
}

template <std::size_t N>
struct LaidOut {
    Fields<N> fields{};
    std::uint16_t bytes = 0;

    [[nodiscard]] consteval std::size_t offset_of(std::string_view name) const {
        for (const Field& field : fields) {
            if (field.name == name) {
                return field.offset;
            }
        }
        return 0;
    }

    [[nodiscard]] constexpr Layout as(MetricsVersion version) const {
        return {.version = version, .bytes = bytes, .fields = fields.data(), .field_count = N};
    }
};

template <std::size_t N>
consteval LaidOut<N> lay_out(const Fields<N>& sequence) {
    constexpr std::size_t header_bytes = 4;
    LaidOut<N> result{.fields = sequence};
    std::size_t at = header_bytes;
    std::size_t largest = 2;
    const auto aligned = [](std::size_t offset, std::size_t to) {
        return (offset + to - 1) / to * to;
    };
    for (Field& field : result.fields) {
        const std::size_t alignment = field.alignment != 0 ? field.alignment : field.width;
        largest = alignment > largest ? alignment : largest;
        at = aligned(at, alignment);
        field.offset = static_cast<std::uint16_t>(at);
        at += std::size_t{field.width} * field.times;
    }
    result.bytes = static_cast<std::uint16_t>(aligned(at, largest));
    return result;
}

}  // namespace penstock::metrics
