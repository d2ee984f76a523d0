// SPDX-License-Identifier: Apache-2.0

#include "tests/bench/probes/tick_rig.h"

#include "agent/probes/source_catalogue.h"
#include "base/clock.h"
#include "policies/fixed_priority.h"

namespace penstock::bench {
namespace {

constexpr std::uint64_t ticks_per_sampling = 10;  // As the agent asks for them.

}  // namespace

Outcome TickRig::Idle::apply(const Decision& decision) {
    seen_ += decision.orders.size();
    return {};
}

void TickRig::Idle::publish(const Snapshot& seen, const Outcome& done) {
    seen_ += seen.queues.size() + done.orders_sent;
}

TickRig::TickRig(const std::string& gpu_metrics, std::vector<NumberedSource> others)
    : machine_(gpu_metrics),
      loop_({.probes = probes_, .actuator = idle_, .publisher = idle_},
            std::make_unique<FixedPriority>(FixedPriority::Settings{}),
            {}) {
    std::vector<NumberedSource> sources = make_sources({}, machine_.surroundings());
    for (NumberedSource& other : others) {
        sources.push_back(std::move(other));
    }
    probes_.measure_with(
        std::make_unique<SourceSet>(SourceSet::Parts{.machine = machine_.machine(),
                                                     .around = machine_.surroundings(),
                                                     .clock = &monotonic_now},
                                    std::move(sources)));
    machine_.populate(probes_);
}

void TickRig::tick(TimePoint now) {
    if (++ticks_ % ticks_per_sampling == 0) {
        probes_.note(CrowdedMachine::samples(ticks_));
    }
    loop_.tick(now);
}

}  // namespace penstock::bench
