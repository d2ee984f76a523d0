// SPDX-License-Identifier: Apache-2.0
//
// What a fleet came to, as text and as JSON. All of it is modelled, and each form says so.

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "sim/fleet_run.h"
#include "sim/metrics.h"
#include "sim/table.h"

namespace penstock::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr double ns_per_s = 1e9;

double number(auto count) {
    return static_cast<double>(count);
}

// Of what is told of a job, that which needs no run of it alone: a fleet has none.
constexpr std::array<std::string_view, 11> told{"requests",
                                                "requests_per_second",
                                                "mean_ms",
                                                "p50_ms",
                                                "p99_ms",
                                                "p999_ms",
                                                "stretch_p99",
                                                "preemptions",
                                                "dropped",
                                                "deadline_misses",
                                                "dram_gb_per_second"};

double value_in(const RunFigures& run, const JobFigures& job, const JobMetric& metric) {
    return metric.of({.job = job, .alone = job, .window = run.window});
}

// Of virtual time, without the warm-up.
double window_s(const RunFigures& run) {
    return number(run.window.count()) / ns_per_s;
}

// Of one device, on average.
double busy_share(const Fleet& fleet, const RunFigures& run, const DeviceFigures& device) {
    return number(device.busy.count()) / number(run.window.count()) / number(fleet.nodes());
}

// A job over all nodes, as if it were one.
std::string job_table(const RunFigures& run) {
    Table table;
    std::vector<std::string> head{"job"};
    for (const std::string_view key : told) {
        head.emplace_back(metric_of_job(key).heading);
    }
    table.row(std::move(head));
    for (const JobFigures& job : run.jobs) {
        std::vector<std::string> words{job.name};
        for (const std::string_view key : told) {
            const JobMetric& metric = metric_of_job(key);
            words.push_back(fmt::format("{:.{}f}", value_in(run, job, metric), metric.decimals));
        }
        table.row(std::move(words));
    }
    return table.text();
}

// Nothing here depends on how long the run took on this machine.
Json json_of(const Fleet& fleet, const RunFigures& run) {
    Json jobs = Json::array();
    for (const JobFigures& job : run.jobs) {
        Json one{{"name", job.name}};
        for (const std::string_view key : told) {
            one[std::string(key)] = value_in(run, job, metric_of_job(key));
        }
        jobs.push_back(std::move(one));
    }
    Json devices = Json::array();
    for (const DeviceFigures& device : run.devices) {
        devices.push_back({{"name", device.name}, {"busy_share", busy_share(fleet, run, device)}});
    }
    return {{"policy", run.policy},
            {"events", run.events},
            {"requests_made", run.made},
            {"requests_completed", run.completed},
            {"requests_lost", run.made - run.completed},
            {"queues", run.queues},
            {"queues_completed", run.queues_completed},
            {"stretch_p99", number(run.stretch.quantile(0.99)) / 1000},
            {"anyone_suspended_at_end", run.anyone_suspended},
            {"all_work_done", run.finished},
            {"jobs", std::move(jobs)},
            {"devices", std::move(devices)}};
}

}  // namespace

std::string fleet_text(const Fleet& fleet, const std::vector<RunFigures>& runs) {
    std::string text;
    for (const RunFigures& run : runs) {
        text += fmt::format(
            "{}Simulated, not measured: {} nodes with {} devices and {} queues, "
            "{:g} s of virtual time\n\n"
            "{} ({} events; {} requests, {} completed, {} lost; {} queues did all "
            "that they got)\n",
            text.empty() ? "" : "\n",
            fleet.nodes(),
            fleet.nodes() * run.devices.size(),
            run.queues,
            window_s(run),
            run.policy,
            run.events,
            run.made,
            run.completed,
            run.made - run.completed,
            run.queues_completed);
        text += job_table(run);
    }
    return text;
}

std::string fleet_json(const Fleet& fleet, const std::vector<RunFigures>& runs) {
    Json all = Json::array();
    for (const RunFigures& run : runs) {
        all.push_back(json_of(fleet, run));
    }
    const double window = runs.empty() ? 0 : window_s(runs.front());
    const std::size_t devices = runs.empty() ? 0 : runs.front().devices.size();
    const Json whole{{"simulated", true},
                     {"seconds", window},
                     {"nodes", fleet.nodes()},
                     {"devices", fleet.nodes() * devices},
                     {"runs", std::move(all)}};
    return whole.dump(2) + '\n';
}

}  // namespace penstock::sim
