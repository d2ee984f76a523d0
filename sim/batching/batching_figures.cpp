// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/batching_figures.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace penstock::sim {
namespace {

constexpr double percent = 100.0;

Result<std::int64_t> narrow(WideSum sum) {
    if (sum > std::numeric_limits<std::int64_t>::max()) {
        return fail("the times of this run add up to more than 64 bits hold");
    }
    return static_cast<std::int64_t>(sum);
}

struct Sums {
    WideSum latency_ns = 0;
    WideSum queue_ns = 0;
    std::vector<std::int64_t> latencies{};
};

Sums add_up(const BatchingConfig& config,
            const Trace& trace,
            const Outcome& outcome,
            BatchingFigures& into) {
    Sums sums;
    sums.latencies.reserve(trace.size());
    for (std::uint32_t number = 0; number < trace.size(); ++number) {
        const RequestOutcome& request = outcome.requests[number];
        const std::int64_t latency = request.completion_ns - trace.arrivals_ns[number];
        sums.latencies.push_back(latency);
        sums.latency_ns += latency;
        sums.queue_ns += request.start_ns - trace.arrivals_ns[number];
        into.late += latency > config.late_ns ? 1 : 0;
        into.makespan_ns = std::max(into.makespan_ns, request.completion_ns);
        into.tokens += trace.requests[number].total();
        into.output_tokens += trace.requests[number].output;
    }
    return sums;
}

void spread_tokens(const Trace& trace, const Outcome& outcome, BatchingFigures& into) {
    std::vector<std::int64_t> first;
    std::vector<std::int64_t> each;
    first.reserve(trace.size());
    each.reserve(trace.size());
    for (std::uint32_t number = 0; number < trace.size(); ++number) {
        const RequestOutcome& request = outcome.requests[number];
        const std::uint32_t output = trace.requests[number].output;
        first.push_back(request.first_ns - trace.arrivals_ns[number]);
        if (output > 1) {
            each.push_back((request.completion_ns - request.first_ns) / (output - 1));
        }
    }
    into.first_token = spread_of(first);
    into.per_token = spread_of(each);
}

double share(double part, double all) {
    return all == 0 ? 0 : percent * part / all;
}

}  // namespace

Result<BatchingFigures> figures_of(const BatchingConfig& config,
                                   const Trace& trace,
                                   const Outcome& outcome) {
    BatchingFigures figures{.continuous = config.batching.mode == batching::Mode::continuous,
                            .requests = trace.size()};
    Sums sums = add_up(config, trace, outcome, figures);
    const Result<std::int64_t> latency = narrow(sums.latency_ns);
    const Result<std::int64_t> busy = narrow(outcome.busy_ns);
    if (!latency || !busy) {
        return std::unexpected(latency ? busy.error() : latency.error());
    }
    figures.sum_latency_ns = *latency;
    figures.sum_queue_ns = static_cast<std::int64_t>(sums.queue_ns);  // Less than that.
    figures.latency = spread_of(sums.latencies);
    if (figures.continuous) {
        spread_tokens(trace, outcome, figures);
    }
    figures.busy_ns = *busy;
    const double device_ns =
        static_cast<double>(config.devices) * static_cast<double>(figures.makespan_ns);
    figures.utilisation_percent = share(static_cast<double>(figures.busy_ns), device_ns);
    figures.batches = outcome.batches;
    figures.largest_batch = outcome.largest;
    figures.mean_batch =
        static_cast<double>(outcome.members) / static_cast<double>(outcome.batches);
    figures.padding_percent = percent - share(static_cast<double>(figures.tokens),
                                              static_cast<double>(outcome.padded_tokens));
    figures.overflowing_batches = outcome.overflowing;
    figures.evictions = outcome.evictions;
    figures.most_held_tokens = outcome.most_held;
    figures.held_percent =
        share(outcome.held_token_ns, device_ns * static_cast<double>(config.batching.capacity));
    figures.events = outcome.events;
    figures.digest = digest_of(trace, outcome);
    return figures;
}

}  // namespace penstock::sim
