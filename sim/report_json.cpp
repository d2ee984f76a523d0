// SPDX-License-Identifier: Apache-2.0

#include <nlohmann/json.hpp>

#include "sim/metrics.h"
#include "sim/report.h"

namespace penstock::sim {
namespace {

using Json = nlohmann::ordered_json;

Json jobs_of(const Comparison& comparison, const RunFigures& run) {
    Json jobs = Json::array();
    for (std::size_t number = 0; number < run.jobs.size(); ++number) {
        const JobView view{.job = run.jobs[number],
                           .alone = comparison.alone[number],
                           .window = comparison.window};
        Json job{{"name", run.jobs[number].name}};
        for (const JobMetric& metric : job_metrics()) {
            job[std::string(metric.key)] = metric.of(view);
        }
        jobs.push_back(std::move(job));
    }
    return jobs;
}

Json devices_of(const RunFigures& run) {
    Json devices = Json::array();
    for (const DeviceFigures& figures : run.devices) {
        Json device{{"name", figures.name}};
        for (const DeviceMetric& metric : device_metrics()) {
            device[std::string(metric.key)] = metric.of({.device = figures, .window = run.window});
        }
        devices.push_back(std::move(device));
    }
    return devices;
}

}  // namespace

std::string json_text(const Comparison& comparison) {
    constexpr double ns_per_s = 1e9;
    Json runs = Json::array();
    for (const RunFigures& run : comparison.runs) {
        runs.push_back({{"policy", run.policy},
                        {"events", run.events},
                        {"stretch_p99", static_cast<double>(run.stretch.quantile(0.99)) / 1000},
                        {"anyone_suspended_at_end", run.anyone_suspended},
                        {"all_work_done", run.finished},
                        {"jobs", jobs_of(comparison, run)},
                        {"devices", devices_of(run)}});
    }
    const Json whole{{"simulated", true},
                     {"seconds", static_cast<double>(comparison.window.count()) / ns_per_s},
                     {"runs", std::move(runs)}};
    return whole.dump(2) + '\n';
}

}  // namespace penstock::sim
