// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/batch_run.h"

#include <algorithm>

#include "policies/batching/rounding.h"

namespace penstock::sim {

using batching::Batch;
using batching::PooledRequest;

BatchRun::BatchRun(const BatchingConfig& config,
                   const Trace& trace,
                   const RunAudience& audience,
                   const ScaleCourse& scales)
    : config_(config),
      trace_(trace),
      watches_(audience.watches),
      progress_(audience.progress, trace.size()),
      scales_(scales),
      batcher_(config.batching),
      ends_(config.devices),
      idle_(config.devices),
      serving_(config.devices),
      left_(trace.size()) {
    for (std::uint32_t device = 0; device < config.devices; ++device) {
        idle_.add(device);
    }
    outcome_.requests.resize(trace.size());
}

std::int64_t BatchRun::next_arrival() const {
    return arrived_ == trace_.size() ? DeviceEnds::never : trace_.arrivals_ns[arrived_];
}

void BatchRun::arrive(std::int64_t now) {
    if (next_arrival() != now) {
        return;
    }
    for (; next_arrival() == now; ++arrived_) {
        watches_.tell([&](BatchWatch& watch) { watch.arrives(now, trace_.ids[arrived_]); });
        batcher_.submit(trace_.requests[arrived_]);
    }
    if (arrived_ == trace_.size()) {
        batcher_.submitted_all();
    }
}

void BatchRun::count(const Batch& batch, std::int64_t service_ns) {
    const std::uint32_t members = batch.members.count;
    outcome_.busy_ns += service_ns;
    ++outcome_.batches;
    outcome_.members += members;
    outcome_.largest = std::max(outcome_.largest, members);
    outcome_.smallest = std::min(outcome_.smallest, members);
    outcome_.longest_batch = std::max(outcome_.longest_batch, batch.longest);
    outcome_.shortest_batch = std::min(outcome_.shortest_batch, batch.longest);
    outcome_.padded_tokens += static_cast<WideSum>(members) * batch.longest;
    outcome_.overflowing +=
        batch.tokens > static_cast<std::uint64_t>(config_.batching.capacity) ? 1 : 0;
    outcome_.held_token_ns += static_cast<double>(batch.reserved) * static_cast<double>(service_ns);
    outcome_.most_held = std::max(outcome_.most_held, batch.reserved);
}

void BatchRun::show(std::int64_t now,
                    std::uint32_t device,
                    const Batch& batch,
                    std::int64_t until) const {
    watches_.tell([&](BatchWatch& watch) {
        watch.begin_start(now, device);
        batcher_.each_member(batch, [&](std::uint32_t, const PooledRequest& member) {
            watch.member(trace_.ids[member.number]);
        });
        watch.end_start(until);
    });
}

void BatchRun::start(std::int64_t now, std::uint32_t device, const Batch& batch) {
    const std::int64_t service_ns = config_.service.batch_ns(batch.members.count, batch.longest);
    batcher_.each_member(batch, [&](std::uint32_t, const PooledRequest& member) {
        outcome_.requests[member.number].start_ns = now;
        outcome_.requests[member.number].device = device;
    });
    if (watches_.any()) {
        show(now, device, batch, now + service_ns);
    }
    count(batch, service_ns);
    serving_[device] = {.batch = batch, .service_ns = service_ns};
    idle_.remove(device);
    ends_.add(now + service_ns, device);
}

void BatchRun::start_all(std::int64_t now) {
    std::uint32_t device = idle_.next(0);
    while (device != DeviceSet::none) {
        const std::optional<Batch> batch = batcher_.next_batch();
        if (!batch) {
            return;
        }
        start(now, device, *batch);
        device = idle_.next(device + 1);
    }
}

void BatchRun::end(std::int64_t now, std::uint32_t device) {
    const Serving& serving = serving_[device];
    watches_.tell([&](BatchWatch& watch) { watch.ends(now, device); });
    batcher_.each_member(serving.batch, [&](std::uint32_t, const PooledRequest& member) {
        outcome_.requests[member.number].completion_ns = now;
    });
    batcher_.completed(serving.batch, serving.service_ns);
    left_ -= serving.batch.members.count;
    idle_.add(device);
}

Result<Outcome> BatchRun::run() {
    while (left_ > 0) {
        const std::int64_t now = std::min({next_arrival(), ends_.next(), scales_.next_ns()});
        if (now > batching::longest_ns) {
            return fail("the simulated run would last longer than 73 years");
        }
        while (ends_.next() == now) {
            end(now, ends_.take());
        }
        progress_.left(left_);
        scales_.apply(now, batcher_);
        arrive(now);
        start_all(now);
    }
    outcome_.events = trace_.size() + (2 * outcome_.batches);
    return std::move(outcome_);
}

}  // namespace penstock::sim
