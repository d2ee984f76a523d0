// SPDX-License-Identifier: Apache-2.0

#include "sim/playback.h"

#include <algorithm>

#include "agent/probes/accelerators.h"
#include "agent/probes/source_catalogue.h"

namespace penstock::sim {

Playback::Playback(RecordedMachine& machine, std::unique_ptr<Policy> policy, Watcher watcher)
    : machine_(machine),
      watcher_(std::move(watcher)),
      loop_({.probes = *this, .actuator = *this, .publisher = *this},
            std::move(policy),
            Guard::Limits{}) {
    const std::vector<Accelerator> accelerators = find_accelerators(machine);
    const bool emulated = machine.head().emulated;
    for (const Accelerator& found : accelerators) {
        devices_.push_back({.gpu = found.place.gpu,
                            .name = found.name,
                            .emulated = emulated,
                            .apu = found.place.apu});
    }
    const Surroundings around = surroundings_of(accelerators, emulated);
    sources_.emplace(machine, around);
    for (NumberedSource& source : make_sources({.period = machine.head().period}, around)) {
        sources_->add(std::move(source.source), source.id);
    }
}

Result<> Playback::run() {
    while (true) {
        const Result<std::optional<TimePoint>> now = machine_.advance();
        if (!now) {
            return std::unexpected(now.error());
        }
        if (!*now) {
            return {};
        }
        loop_.tick(**now);
    }
}

const Readings& Playback::read(TimePoint now) {
    readings_.clear();
    readings_.devices.swap(devices_);
    sources_->run(now, readings_);
    return readings_;
}

// Nobody carries orders out: what was recorded has happened.
Outcome Playback::apply(const Decision& decision) {
    const auto changed = std::ranges::count_if(decision.orders, [this](const DeviceOrder& order) {
        return std::ranges::find(standing_.orders, order) == standing_.orders.end();
    });
    standing_ = decision;
    return {.orders_sent = static_cast<std::uint32_t>(changed)};
}

void Playback::publish(const Snapshot& seen, const Outcome& /*done*/) {
    const recording::Head& head = machine_.head();
    const std::chrono::duration<double> since = seen.now - head.started_at;
    watcher_(seen, head.started + since.count());
}

}  // namespace penstock::sim
