// SPDX-License-Identifier: Apache-2.0

#include "base/json_text.h"
#include "sim/batching/batching_figures.h"

namespace penstock::sim {
namespace {

constexpr double ns_per_s = 1e9;

void write_rates(JsonText& json, const BatchingFigures& figures) {
    json.member("n", figures.requests);
    json.member("makespan_ns", figures.makespan_ns);
    json.member("throughput_rps", figures.per_second(figures.requests));
    json.member("throughput_tok_s", figures.per_second(figures.tokens));
    json.member("throughput_out_tok_s", figures.per_second(figures.output_tokens));
}

void write_latency(JsonText& json, const BatchingFigures& figures) {
    json.member("sum_latency_ns", figures.sum_latency_ns);
    json.member("avg_latency_s", figures.latency.mean_ns / ns_per_s);
    json.member("p50_ns", figures.latency.p50_ns);
    json.member("p90_ns", figures.latency.p90_ns);
    json.member("p95_ns", figures.latency.p95_ns);
    json.member("p99_ns", figures.latency.p99_ns);
    json.member("max_ns", figures.latency.most_ns);
    json.member("sum_queue_ns", figures.sum_queue_ns);
    json.member("sla_violations", figures.late);
    json.member("sla_violation_pct", figures.late_percent());
    json.member("goodput_rps", figures.per_second(figures.requests - figures.late));
}

void write_devices(JsonText& json, const BatchingFigures& figures) {
    json.member("busy_ns", figures.busy_ns);
    json.member("gpu_util_pct", figures.utilisation_percent);
    json.member("batches", figures.batches);
    json.member("max_batch", figures.largest_batch);
    json.member("mean_batch", figures.mean_batch);
    json.member("mem_overflow_batches", figures.overflowing_batches);
    json.member("kv_peak_tokens", figures.most_held_tokens);
    json.member("kv_mean_pct", figures.held_percent);
    json.member("events", figures.events);
}

void write_spread(JsonText& json, std::string_view name, const Spread& spread) {
    const std::string prefix(name);
    json.member(prefix + "_mean_ns", spread.mean_ns);
    json.member(prefix + "_p50_ns", spread.p50_ns);
    json.member(prefix + "_p90_ns", spread.p90_ns);
    json.member(prefix + "_p95_ns", spread.p95_ns);
    json.member(prefix + "_p99_ns", spread.p99_ns);
    json.member(prefix + "_max_ns", spread.most_ns);
}

}  // namespace

std::string figures_json(const BatchingFigures& figures) {
    JsonText json;
    json.begin_object();
    write_rates(json, figures);
    write_latency(json, figures);
    write_devices(json, figures);
    if (figures.continuous) {
        json.member("preemptions", figures.evictions);
        write_spread(json, "ttft", figures.first_token);
        write_spread(json, "tpot", figures.per_token);
    } else {
        json.member("pad_waste_pct", figures.padding_percent);
    }
    json.member("digest", digest_text(figures.digest));
    json.end_object();
    return std::move(json).take();
}

}  // namespace penstock::sim
