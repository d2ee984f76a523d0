// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/continuous_run.h"

#include <algorithm>

#include "policies/batching/rounding.h"

namespace penstock::sim {
namespace {

using batching::ChunkedBatcher;
using batching::Iteration;
using batching::Progress;
using batching::TokenBatcher;

// When others come, or another scale, after a device has begun.
struct Gaps {
    std::int64_t arrival_ns = 0;
    std::int64_t scale_ns = 0;
};

// To the first boundary at which so much has passed, and 1 at least.
std::uint64_t steps_in(std::int64_t gap_ns, std::int64_t step_ns) {
    return gap_ns <= 0 ? 1 : static_cast<std::uint64_t>((gap_ns + step_ns - 1) / step_ns);
}

// How many iterations pass until somebody may join or leave: to the first end, or to the first
// boundary at which another request is there, or more may run than before.
std::uint64_t quiet_steps(const TokenBatcher& batcher,
                          std::uint32_t device,
                          Gaps gaps,
                          std::int64_t step_ns) {
    const std::uint64_t longest =
        std::max<std::uint64_t>(1, static_cast<std::uint64_t>(batching::longest_ns / step_ns));
    const std::uint64_t to_change =
        std::min({batcher.steps_to_next_end(device), longest, steps_in(gaps.scale_ns, step_ns)});
    if (batcher.is_full(device)) {
        return to_change;
    }
    return batcher.anyone_waits() ? 1 : std::min(to_change, steps_in(gaps.arrival_ns, step_ns));
}

// What a device begins at some time.
struct Beginning {
    std::int64_t now = 0;
    std::int64_t next_arrival = 0;
    std::int64_t next_scale = 0;
    std::uint32_t device = 0;
    Iteration iteration{};
};

Stretch stretch_of(const BatchingConfig& config,
                   const TokenBatcher& batcher,
                   const Beginning& beginning) {
    const Iteration& iteration = beginning.iteration;
    const std::int64_t begin =
        beginning.now + (iteration.cold ? config.service.cold_start_ns() : 0);
    const std::int64_t step = config.service.step_ns(iteration.running);
    // Never is no time to count with.
    const auto gap_to = [&](std::int64_t at) {
        return std::min(at, 2 * batching::longest_ns) - begin;
    };
    const Gaps gaps{.arrival_ns = gap_to(beginning.next_arrival),
                    .scale_ns = gap_to(beginning.next_scale)};
    return {.begin_ns = begin,
            .step_ns = step,
            .steps = quiet_steps(batcher, beginning.device, gaps, step)};
}

Stretch stretch_of(const BatchingConfig& config,
                   const ChunkedBatcher& /*batcher*/,
                   const Beginning& beginning) {
    const Iteration& iteration = beginning.iteration;
    return {.begin_ns = beginning.now,
            .step_ns = config.step_time.step_ns(iteration.scheduled, iteration.cached),
            .steps = 1};
}

std::span<const Progress> complete(TokenBatcher& batcher,
                                   std::uint32_t device,
                                   std::uint64_t steps) {
    return batcher.completed(device, steps);
}

std::span<const Progress> complete(ChunkedBatcher& batcher,
                                   std::uint32_t device,
                                   std::uint64_t /*steps*/) {
    return batcher.completed(device);
}

}  // namespace

template <typename Batcher>
ContinuousRun<Batcher>::ContinuousRun(const BatchingConfig& config,
                                      const Trace& trace,
                                      const RunAudience& audience,
                                      const ScaleCourse& scales,
                                      Batcher batcher)
    : config_(config),
      trace_(trace),
      watches_(audience.watches),
      progress_(audience.progress, trace.size()),
      scales_(scales),
      batcher_(std::move(batcher)),
      ends_(config.devices),
      idle_(config.devices),
      ended_(config.devices),
      stretches_(config.devices),
      left_(trace.size()) {
    for (std::uint32_t device = 0; device < config.devices; ++device) {
        idle_.add(device);
    }
    outcome_.requests.resize(trace.size());
}

template <typename Batcher>
std::int64_t ContinuousRun<Batcher>::next_arrival() const {
    return arrived_ == trace_.size() ? DeviceEnds::never : trace_.arrivals_ns[arrived_];
}

template <typename Batcher>
void ContinuousRun<Batcher>::arrive(std::int64_t now) {
    for (; next_arrival() == now; ++arrived_) {
        watches_.tell([&](BatchWatch& watch) { watch.arrives(now, trace_.ids[arrived_]); });
        batcher_.submit(trace_.requests[arrived_]);
    }
}

template <typename Batcher>
void ContinuousRun<Batcher>::count(const Iteration& iteration,
                                   std::uint64_t steps,
                                   std::int64_t took) {
    outcome_.busy_ns += took;
    outcome_.batches += steps;
    outcome_.members += steps * iteration.running;
    outcome_.largest = std::max(outcome_.largest, iteration.running);
    outcome_.smallest = std::min(outcome_.smallest, iteration.running);
    outcome_.overflowing +=
        iteration.total > static_cast<std::uint64_t>(config_.batching.capacity) ? steps : 0;
    outcome_.held_token_ns += static_cast<double>(iteration.held) * static_cast<double>(took);
    outcome_.most_held = std::max(outcome_.most_held, iteration.held);
}

template <typename Batcher>
void ContinuousRun<Batcher>::show(std::int64_t now,
                                  std::uint32_t device,
                                  std::int64_t until) const {
    watches_.tell([&](BatchWatch& watch) {
        watch.begin_start(now, device);
        for (const auto& member : batcher_.running(device)) {
            watch.member(trace_.ids[member.request.number]);
        }
        watch.end_start(until);
    });
}

template <typename Batcher>
void ContinuousRun<Batcher>::visit(std::int64_t now, std::uint32_t device) {
    const Iteration iteration = batcher_.next_batch(device);
    ended_.remove(device);
    outcome_.evictions += iteration.evicted;
    if (iteration.running == 0) {
        idle_.add(device);
        return;
    }
    idle_.remove(device);
    for (const auto& member : batcher_.running(device).last(iteration.admitted)) {
        RequestOutcome& outcome = outcome_.requests[member.request.number];
        if (outcome.start_ns < 0) {
            outcome.start_ns = now;
            outcome.device = device;
        }
    }
    const Stretch next = stretch_of(config_,
                                    batcher_,
                                    {.now = now,
                                     .next_arrival = next_arrival(),
                                     .next_scale = scales_.next_ns(),
                                     .device = device,
                                     .iteration = iteration});
    const std::int64_t until =
        next.begin_ns + (static_cast<std::int64_t>(next.steps) * next.step_ns);
    if (watches_.any()) {
        show(now, device, until);
    }
    count(iteration, next.steps, until - now);
    stretches_[device] = next;
    ends_.add(until, device);
}

// Idle devices matter only while somebody waits: they would stay idle.
template <typename Batcher>
void ContinuousRun<Batcher>::visit_all(std::int64_t now) {
    std::uint32_t device = 0;
    while (true) {
        std::uint32_t next = ended_.next(device);
        if (batcher_.anyone_waits()) {
            next = std::min(next, idle_.next(device));
        }
        if (next == DeviceSet::none) {
            return;
        }
        visit(now, next);
        device = next + 1;
    }
}

template <typename Batcher>
void ContinuousRun<Batcher>::end(std::int64_t now, std::uint32_t device) {
    const Stretch& over = stretches_[device];
    watches_.tell([&](BatchWatch& watch) { watch.ends(now, device); });
    for (const Progress& progress : complete(batcher_, device, over.steps)) {
        RequestOutcome& outcome = outcome_.requests[progress.number];
        if (progress.first) {
            outcome.first_ns = over.begin_ns + (over.step_ns * progress.step);
        }
        if (progress.ended) {
            outcome.completion_ns = now;
            --left_;
        }
    }
    ended_.add(device);
}

template <typename Batcher>
Result<Outcome> ContinuousRun<Batcher>::run() {
    while (left_ > 0) {
        const std::int64_t now = std::min({next_arrival(), ends_.next(), scales_.next_ns()});
        if (now > batching::longest_ns) {
            return fail("the simulated run would last longer than 73 years");
        }
        while (ends_.next() == now) {
            end(now, ends_.take());
            ++outcome_.events;
        }
        progress_.left(left_);
        scales_.apply(now, batcher_);
        arrive(now);
        visit_all(now);
    }
    outcome_.events = trace_.size() + (2 * outcome_.events);
    return std::move(outcome_);
}

template class ContinuousRun<TokenBatcher>;
template class ContinuousRun<ChunkedBatcher>;

}  // namespace penstock::sim
