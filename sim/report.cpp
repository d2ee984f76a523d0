// SPDX-License-Identifier: Apache-2.0

#include "sim/report.h"

#include <fmt/format.h>

#include "sim/metrics.h"
#include "sim/table.h"

namespace penstock::sim {
namespace {

constexpr double ns_per_s = 1e9;

std::string heading(const Comparison& comparison) {
    return fmt::format("Simulated, not measured: {:g} s of virtual time\n",
                       static_cast<double>(comparison.window.count()) / ns_per_s);
}

std::string number(double value, int decimals) {
    return fmt::format("{:.{}f}", value, decimals);
}

JobView view_of(const Comparison& comparison, const RunFigures& run, std::size_t job) {
    return {.job = run.jobs[job], .alone = comparison.alone[job], .window = comparison.window};
}

std::string job_table(const Comparison& comparison, const RunFigures& run) {
    Table table;
    std::vector<std::string> head{"job"};
    for (const JobMetric& metric : job_metrics()) {
        head.emplace_back(metric.heading);
    }
    table.row(std::move(head));
    for (std::size_t job = 0; job < run.jobs.size(); ++job) {
        std::vector<std::string> words{run.jobs[job].name};
        for (const JobMetric& metric : job_metrics()) {
            words.push_back(number(metric.of(view_of(comparison, run, job)), metric.decimals));
        }
        table.row(std::move(words));
    }
    return table.text();
}

std::string device_table(const RunFigures& run) {
    Table table;
    std::vector<std::string> head{"device"};
    for (const DeviceMetric& metric : device_metrics()) {
        head.emplace_back(metric.heading);
    }
    table.row(std::move(head));
    for (const DeviceFigures& device : run.devices) {
        std::vector<std::string> words{device.name};
        for (const DeviceMetric& metric : device_metrics()) {
            words.push_back(
                number(metric.of({.device = device, .window = run.window}), metric.decimals));
        }
        table.row(std::move(words));
    }
    return table.text();
}

void add_job_rows(const Comparison& comparison, Table& table) {
    for (std::size_t job = 0; job < comparison.alone.size(); ++job) {
        for (const JobMetric& metric : job_metrics()) {
            std::vector<std::string> words{comparison.alone[job].name, std::string(metric.key)};
            for (const RunFigures& run : comparison.runs) {
                words.push_back(number(metric.of(view_of(comparison, run, job)), metric.decimals));
            }
            table.row(std::move(words));
        }
    }
}

void add_device_rows(const Comparison& comparison, Table& table) {
    const std::size_t devices =
        comparison.runs.empty() ? 0 : comparison.runs.front().devices.size();
    for (std::size_t device = 0; device < devices; ++device) {
        for (const DeviceMetric& metric : device_metrics()) {
            std::vector<std::string> words{comparison.runs.front().devices[device].name,
                                           std::string(metric.key)};
            for (const RunFigures& run : comparison.runs) {
                const DeviceView view{.device = run.devices[device], .window = run.window};
                words.push_back(number(metric.of(view), metric.decimals));
            }
            table.row(std::move(words));
        }
    }
}

std::string csv_line(const Comparison& comparison, const RunFigures& run, std::size_t job) {
    std::string line = run.policy + "," + run.jobs[job].name;
    for (const JobMetric& metric : job_metrics()) {
        line += fmt::format(",{:.6g}", metric.of(view_of(comparison, run, job)));
    }
    return line + ",true\n";
}

}  // namespace

std::string tables(const Comparison& comparison) {
    std::string text = heading(comparison);
    for (const RunFigures& run : comparison.runs) {
        text += fmt::format("\n{} ({} events)\n", run.policy, run.events);
        text += job_table(comparison, run);
        text += device_table(run);
    }
    return text;
}

std::string side_by_side(const Comparison& comparison) {
    Table table;
    std::vector<std::string> head{"job", "metric"};
    for (const RunFigures& run : comparison.runs) {
        head.push_back(run.policy);
    }
    table.row(std::move(head));
    add_job_rows(comparison, table);
    add_device_rows(comparison, table);
    return heading(comparison) + '\n' + table.text();
}

std::string csv_text(const Comparison& comparison) {
    std::string text = "policy,job";
    for (const JobMetric& metric : job_metrics()) {
        text.append(",").append(metric.key);
    }
    text += ",simulated\n";
    for (const RunFigures& run : comparison.runs) {
        for (std::size_t job = 0; job < run.jobs.size(); ++job) {
            text += csv_line(comparison, run, job);
        }
    }
    return text;
}

}  // namespace penstock::sim
