// SPDX-License-Identifier: Apache-2.0

#include "agent/machine_probes.h"

#include <span>
#include <utility>

namespace penstock {
namespace {

// A failed one says nothing about the cost of one that works.
void add_unmaps(std::span<const unmap_event> events, std::vector<UnmapReading>& into) {
    for (const unmap_event& event : events) {
        if (event.result == 0) {
            const auto took = static_cast<std::int64_t>(event.duration_ns);
            const auto started = static_cast<std::int64_t>(event.start_ns);
            into.push_back({.gpu = {event.gpu_id},
                            .took = Duration(took),
                            .taken = from_ns(started) + Duration(took)});
        }
    }
}

}  // namespace

void MachineProbes::note(QueueEvent event) {
    if (sources_) {
        if (const auto* appeared = std::get_if<OwnerAppeared>(&event)) {
            sources_->follow({.owner = appeared->owner.id, .pid = appeared->owner.pid});
        } else if (const auto* vanished = std::get_if<OwnerVanished>(&event)) {
            sources_->leave(vanished->owner);
        }
    }
    pending_.queue_events.push_back(std::move(event));
}

const Readings& MachineProbes::read(TimePoint now) {
    std::swap(pending_, given_);
    pending_.clear();
    if (sources_) {
        sources_->read(now, given_);
    }
    if (hints_ != nullptr) {
        hints_->read(now, given_);
    }
    if (unmap_cost_) {
        add_unmaps(unmap_cost_->take(), given_.unmaps);
    }
    return given_;
}

}  // namespace penstock
