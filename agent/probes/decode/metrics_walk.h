// SPDX-License-Identifier: Apache-2.0
//
// Metrics walk: goes through all numbers of a table of gpu_metrics, whatever its layout, and shows
// each to a visitor.

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "agent/probes/decode/metrics_field.h"

namespace penstock::metrics {

struct Number {
    const Field& field;
    std::uint32_t index = 0;  // Within the field's array.
    std::uint64_t raw = 0;
    std::optional<double> value{};  // In SI units; nothing when it is unknown.
    bool known = false;             // Not all ones.
};

class Visitor {
  public:
    Visitor() = default;
    virtual ~Visitor() = default;
    Visitor(const Visitor&) = delete;
    Visitor& operator=(const Visitor&) = delete;

    virtual void see(const Number& number) = 0;
};

// What was shown before a fault is worth nothing.
[[nodiscard]] std::expected<MetricsVersion, MetricsFault> walk(std::string_view file,
                                                               Visitor& visitor);

// The body of v1.9: attributes that say themselves what they are, in `table`, which begins with the
// header. False when they do not fill it exactly.
[[nodiscard]] bool walk_attributes(std::string_view table, Visitor& visitor);

// Little endian, as every machine that can have such a device. The caller has checked the bounds.
[[nodiscard]] std::uint64_t number_at(std::string_view file, std::size_t offset, std::size_t width);

[[nodiscard]] bool all_ones(std::uint64_t raw, std::size_t width);

}  // namespace penstock::metrics
