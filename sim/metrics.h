// SPDX-License-Identifier: Apache-2.0
//
// Metrics: the one table of what is told of jobs and devices, for all forms of output.

#pragma once

#include <span>
#include <string_view>

#include "sim/comparison.h"

namespace penstock::sim {

// A job in one run, beside itself when alone.
struct JobView {
    const JobFigures& job;
    const JobFigures& alone;
    Duration window{};
};

struct JobMetric {
    std::string_view key;      // As in JSON and CSV; the unit comes last.
    std::string_view heading;  // In tables.
    int decimals;
    double (*of)(const JobView& view);
};

struct DeviceView {
    const DeviceFigures& device;
    Duration window{};
};

struct DeviceMetric {
    std::string_view key;
    std::string_view heading;
    int decimals;
    double (*of)(const DeviceView& view);
};

[[nodiscard]] std::span<const JobMetric> job_metrics();
[[nodiscard]] std::span<const DeviceMetric> device_metrics();

// By its key, which must exist; and its value.
[[nodiscard]] const JobMetric& metric_of_job(std::string_view key);
[[nodiscard]] double value_of(std::string_view key, const JobView& view);

}  // namespace penstock::sim
