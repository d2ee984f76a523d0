// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/source_set.h"

#include <algorithm>
#include <map>

namespace penstock {

// Sources of one device share a lane: they wait for the same firmware and the same locks, and if
// one hangs there, the others would too. Those of the machine that may wait share another one.
SourceSet::SourceSet(Parts parts, std::vector<NumberedSource> sources)
    : parts_(std::move(parts)), quick_(*parts_.machine, parts_.around) {
    std::map<std::optional<GpuId>, std::vector<NumberedSource>> by_device;
    for (NumberedSource& each : sources) {
        const Source::Patience patience = each.source->pace().patience;
        if (patience == Source::Patience::never_waits) {
            quick_.add(std::move(each.source), each.id);
        } else if (patience == Source::Patience::may_wait) {
            by_device[each.device].push_back(std::move(each));
        } else {
            std::vector<NumberedSource> alone;
            alone.push_back(std::move(each));
            start_lane(std::move(alone));
        }
    }
    for (auto& [device, together] : by_device) {
        start_lane(std::move(together));
    }
    loads_.resize(1 + lanes_.size());
}

void SourceSet::start_lane(std::vector<NumberedSource> sources) {
    Lane::Parts lane{.machine = parts_.machine, .around = parts_.around, .clock = parts_.clock};
    for (NumberedSource& each : sources) {
        lane.sources.push_back(std::move(each.source));
        lane.ids.push_back(each.id);
    }
    Result<Lane> started = Lane::start(std::move(lane));
    if (started) {
        lanes_.push_back(std::move(*started));
    } else {
        trouble_ = started.error().message();
    }
}

void SourceSet::read(TimePoint now, Readings& into) {
    make_room(into);
    weigh(0, into, [&] { quick_.run(now, into); });
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
        weigh(lane + 1, into, [&] { lanes_[lane].take(into); });
    }
}

// Lanes deliver when they like. Some day all of them do so in one tick, which is no reason to
// allocate in it.
void SourceSet::make_room(Readings& into) const {
    Load together;
    for (const Load& load : loads_) {
        together.counters += load.counters;
        together.levels += load.levels;
    }
    into.counters.reserve(into.counters.size() + together.counters);
    into.levels.reserve(into.levels.size() + together.levels);
}

template <typename Deliver>
void SourceSet::weigh(std::size_t deliverer, Readings& into, Deliver deliver) {
    const Load before{.counters = into.counters.size(), .levels = into.levels.size()};
    deliver();
    Load& load = loads_[deliverer];
    load.counters = std::max(load.counters, into.counters.size() - before.counters);
    load.levels = std::max(load.levels, into.levels.size() - before.levels);
}

void SourceSet::follow(const Client& client) {
    quick_.follow(client);
    for (Lane& lane : lanes_) {
        lane.follow(client);
    }
}

void SourceSet::leave(OwnerId owner) {
    quick_.leave(owner);
    for (Lane& lane : lanes_) {
        lane.leave(owner);
    }
}

}  // namespace penstock
