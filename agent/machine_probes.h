// SPDX-License-Identifier: Apache-2.0
//
// MachineProbes: everything that was seen since the last tick, as readings.
//
// What happens between ticks (queues, gate reports) is collected as it comes; sources are read when
// they are due.

#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "agent/loop/ports.h"
#include "agent/probes/hints/hint_pages.h"
#include "agent/probes/queues/unmap_cost.h"
#include "agent/probes/source_set.h"
#include "agent/queue_tracker.h"

namespace penstock {

class MachineProbes final : public Probes {
  public:
    void set_devices(std::vector<Device> devices) { pending_.devices = std::move(devices); }

    // From now on; null for none. What they measure of processes begins with owners noted later.
    void measure_with(std::unique_ptr<SourceSet> sources) { sources_ = std::move(sources); }

    // They outlive it.
    void ask(HintPages& hints) { hints_ = &hints; }

    // Where the driver's own work for a suspension can be measured.
    void measure_unmaps(UnmapCost cost) { unmap_cost_.emplace(std::move(cost)); }

    void note(QueueEvent event);

    void note(wire::FromGate news) { pending_.gate_news.push_back(std::move(news)); }

    // Of a gate that is gone: what it did is undone.
    void forget_gate_news() { pending_.gate_news.clear(); }

    const Readings& read(TimePoint now) override;

  private:
    std::unique_ptr<SourceSet> sources_{};
    std::optional<UnmapCost> unmap_cost_{};
    HintPages* hints_ = nullptr;
    Readings pending_{};  // What has happened since the last tick.
    Readings given_{};    // What the last tick got; the two change places.
};

}  // namespace penstock
