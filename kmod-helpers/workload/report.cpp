// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/report.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "kmod-helpers/workload/percentile.h"

namespace penstock::workload {

namespace {

using nlohmann::json;

json or_null(std::optional<Duration> value) {
    return value ? json(value->count()) : json();
}

}  // namespace

std::string ready_line(const Session& session, std::uint32_t gpu_id) {
    json queues = json::array();
    for (const auto& queue : session.queues()) {
        queues.push_back({{"queue", queue->number()},
                          {"write_address", queue->write_address()},
                          {"read_address", queue->read_address()}});
    }
    return json{{"ready", true}, {"pid", ::getpid()}, {"gpu_id", gpu_id}, {"queues", queues}}
        .dump();
}

std::string summary_line(const ActivityLog& log, const Totals& totals) {
    std::vector<Duration> times;
    times.reserve(log.requests().size());
    for (const CompletedRequest& request : log.requests()) {
        times.push_back(request.completed - request.arrival);
    }
    const std::uint64_t kernels = times.size() * totals.kernels_per_request;
    const double seconds = std::chrono::duration<double>(totals.elapsed).count();
    return json{
        {"requests", times.size()},
        {"unfinished", totals.unfinished},
        {"p50_ns", or_null(percentile(times, 0.50))},
        {"p99_ns", or_null(percentile(times, 0.99))},
        {"seconds", seconds},
        {"kernels_per_second", seconds > 0 ? json(static_cast<double>(kernels) / seconds) : json()},
        {"log_dropped", log.dropped()}}
        .dump();
}

}  // namespace penstock::workload
