// SPDX-License-Identifier: Apache-2.0

#include "sim/metrics.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace penstock::sim {
namespace {

using View = JobView;

constexpr double ns_per_us = 1e3;
constexpr double ns_per_ms = 1e6;
constexpr double ns_per_s = 1e9;
constexpr double bytes_per_gb = 1e9;

double number(auto count) {
    return static_cast<double>(count);
}

double ratio(double a, double b) {
    return b > 0 ? a / b : 0;
}

double share(Duration part, Duration whole) {
    return ratio(number(part.count()), number(whole.count()));
}

double ms(std::int64_t ns) {
    return number(ns) / ns_per_ms;
}

double us(std::int64_t ns) {
    return number(ns) / ns_per_us;
}

constexpr std::array of_jobs{
    JobMetric{.key = "requests",
              .heading = "requests",
              .decimals = 0,
              .of = [](const View& v) { return number(v.job.latency.count()); }},
    JobMetric{.key = "requests_per_second",
              .heading = "req/s",
              .decimals = 1,
              .of =
                  [](const View& v) {
                      return ratio(number(v.job.latency.count()) * ns_per_s,
                                   number(v.window.count()));
                  }},
    JobMetric{.key = "mean_ms",
              .heading = "mean ms",
              .decimals = 3,
              .of = [](const View& v) { return v.job.latency.mean() / ns_per_ms; }},
    JobMetric{.key = "p50_ms",
              .heading = "P50 ms",
              .decimals = 3,
              .of = [](const View& v) { return ms(v.job.latency.quantile(0.5)); }},
    JobMetric{.key = "p99_ms",
              .heading = "P99 ms",
              .decimals = 3,
              .of = [](const View& v) { return ms(v.job.latency.quantile(0.99)); }},
    JobMetric{.key = "p999_ms",
              .heading = "P99.9 ms",
              .decimals = 3,
              .of = [](const View& v) { return ms(v.job.latency.quantile(0.999)); }},
    JobMetric{.key = "max_ms",
              .heading = "max ms",
              .decimals = 3,
              .of = [](const View& v) { return ms(v.job.latency.most()); }},
    JobMetric{
        .key = "slowdown_mean",
        .heading = "x mean",
        .decimals = 3,
        .of = [](const View& v) { return ratio(v.job.latency.mean(), v.alone.latency.mean()); }},
    JobMetric{.key = "slowdown_p99",
              .heading = "x P99",
              .decimals = 3,
              .of =
                  [](const View& v) {
                      return ratio(number(v.job.latency.quantile(0.99)),
                                   number(v.alone.latency.quantile(0.99)));
                  }},
    JobMetric{.key = "stretch_p99",
              .heading = "stretch",
              .decimals = 2,
              .of = [](const View& v) { return number(v.job.stretch.quantile(0.99)) / 1000; }},
    JobMetric{.key = "device_share",
              .heading = "share",
              .decimals = 4,
              .of = [](const View& v) { return share(v.job.service, v.window); }},
    JobMetric{
        .key = "throughput_relative",
        .heading = "x thr",
        .decimals = 4,
        .of = [](const View& v) { return ratio(number(v.job.packets), number(v.alone.packets)); }},
    JobMetric{.key = "preemptions",
              .heading = "preempt.",
              .decimals = 0,
              .of = [](const View& v) { return number(v.job.preemptions); }},
    JobMetric{.key = "yield_p50_us",
              .heading = "yield P50 us",
              .decimals = 1,
              .of = [](const View& v) { return us(v.job.yield.quantile(0.5)); }},
    JobMetric{.key = "yield_p99_us",
              .heading = "P99 us",
              .decimals = 1,
              .of = [](const View& v) { return us(v.job.yield.quantile(0.99)); }},
    JobMetric{.key = "deadline_misses",
              .heading = "misses",
              .decimals = 0,
              .of = [](const View& v) { return number(v.job.misses); }},
    JobMetric{.key = "gap_p99_ms",
              .heading = "gap P99 ms",
              .decimals = 1,
              .of = [](const View& v) { return ms(v.job.gap.quantile(0.99)); }},
    JobMetric{.key = "dropped",
              .heading = "dropped",
              .decimals = 0,
              .of = [](const View& v) { return number(v.job.dropped); }},
    JobMetric{.key = "dram_gb_per_second",
              .heading = "DRAM GB/s",
              .decimals = 2,
              .of =
                  [](const View& v) {
                      return number(v.job.dram_rate) / bytes_per_gb *
                             share(v.job.service, v.window);
                  }},
    JobMetric{.key = "longest_wait_ms",
              .heading = "wait ms",
              .decimals = 2,
              .of = [](const View& v) { return ms(v.job.longest_wait.count()); }},
};

constexpr std::array of_devices{
    DeviceMetric{.key = "busy_share",
                 .heading = "busy",
                 .decimals = 4,
                 .of = [](const DeviceView& v) { return share(v.device.busy, v.window); }},
    DeviceMetric{.key = "preemption_cost_share",
                 .heading = "preemption cost",
                 .decimals = 4,
                 .of = [](const DeviceView& v) { return share(v.device.standing, v.window); }},
};

}  // namespace

std::span<const JobMetric> job_metrics() {
    return of_jobs;
}

std::span<const DeviceMetric> device_metrics() {
    return of_devices;
}

const JobMetric& metric_of_job(std::string_view key) {
    const auto* const metric = std::ranges::find(of_jobs, key, &JobMetric::key);
    assert(metric != of_jobs.end());
    return *metric;
}

double value_of(std::string_view key, const JobView& view) {
    return metric_of_job(key).of(view);
}

}  // namespace penstock::sim
