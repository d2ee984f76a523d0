// SPDX-License-Identifier: Apache-2.0

#include "policies/cpu_throttle.h"

#include <algorithm>

namespace penstock {
namespace {

bool is_counted(const MemoryNode& node) {
    return node.throttle.utilization && node.throttle.confidence == Confidence::counter;
}

// Where nobody can tell who moves how much, the processors may be it.
bool processors_take_part(const MemoryNode& node) {
    if (!node.cpu.value || !node.total.value || node.cpu.confidence == Confidence::heuristic) {
        return true;
    }
    return static_cast<double>(node.cpu.value->value) >=
           CpuThrottle::least_part * static_cast<double>(node.total.value->value);
}

CpuThrottle::Demand demand_of(const MemoryNode& node) {
    if (!is_counted(node)) {
        return CpuThrottle::Demand::unmeasured;
    }
    if (node.throttle.level == ThrottleLevel::none || !processors_take_part(node)) {
        return CpuThrottle::Demand::none;
    }
    return node.throttle.level == ThrottleLevel::reduce_batch ? CpuThrottle::Demand::steady
                                                              : CpuThrottle::Demand::less;
}

// Somebody waits for it, or an administrator has exempted it: its neighbours in the unit share
// that.
bool protects(const Owner& owner, const std::string& unit) {
    return owner.origin.unit == unit &&
           (owner.service_class == ServiceClass::latency || !owner.preemptible);
}

bool may_hold(const Snapshot& seen, const UnitUse& use) {
    return !use.spared && std::ranges::none_of(seen.owners, [&](const Owner& owner) {
        return protects(owner, use.unit);
    });
}

std::uint64_t peak_of(const Snapshot& seen) {
    std::uint64_t sum = 0;
    for (const MemoryNode& node : seen.memory) {
        sum += node.peak.value ? node.peak.value->value : 0;
    }
    return sum;
}

}  // namespace

// Of all nodes the one that asks for most counts: which one a program uses, nobody can tell.
CpuThrottle::Demand CpuThrottle::demand_of(const Snapshot& seen) {
    Demand most = Demand::unmeasured;
    for (const MemoryNode& node : seen.memory) {
        most = std::max(most, penstock::demand_of(node));
    }
    return most;
}

bool CpuThrottle::watches(const Snapshot& seen) const {
    return !order_.limits.empty() || demand_of(seen) >= Demand::steady;
}

void CpuThrottle::look(const Snapshot& seen, std::span<const UnitUse> units) {
    const Demand demand = demand_of(seen);
    if (seen.now < free_until_) {
        return;
    }
    keep_present(seen, units);
    // Before the share: who joins does so with the others' next step.
    if (demand == Demand::less) {
        add_hogs(seen, units);
    }
    if (order_.limits.empty()) {
        free_all();
        measured_ = seen.now;
        return;
    }
    weigh(demand, seen.now);
    order_.peak = order_.limits.empty() ? 0 : peak_of(seen);
    for (CpuLimit& limit : order_.limits) {
        limit.processors = std::max(limit.had * order_.share, least_processors);
    }
}

void CpuThrottle::weigh(Demand demand, TimePoint now) {
    if (demand != Demand::unmeasured) {
        measured_ = now;
    } else if (now - measured_ >= blind_for) {
        free_all();
        return;
    }
    if (demand == Demand::less && now - changed_ >= shrinks_every) {
        order_.share = std::max(order_.share * shrink, least_share);
        changed_ = now;
    }
    if (demand == Demand::none && now - changed_ >= grows_every) {
        order_.share += growth;
        changed_ = now;
    }
    if (order_.share >= 1) {
        free_all();
    }
}

void CpuThrottle::free_all() {
    order_.limits.clear();
    order_.share = 1;
    order_.peak = 0;
}

void CpuThrottle::keep_present(const Snapshot& seen, std::span<const UnitUse> units) {
    std::erase_if(order_.limits, [&](const CpuLimit& limit) {
        const auto found = std::ranges::find(units, limit.unit, &UnitUse::unit);
        return found == units.end() || found->control_group != limit.control_group ||
               !may_hold(seen, *found);
    });
}

void CpuThrottle::add_hogs(const Snapshot& seen, std::span<const UnitUse> units) {
    for (const UnitUse& use : units) {
        if (order_.limits.size() == most_limits) {
            return;
        }
        const bool held =
            std::ranges::find(order_.limits, use.unit, &CpuLimit::unit) != order_.limits.end();
        if (!held && use.processors.value_or(0) >= least_hog && may_hold(seen, use)) {
            order_.limits.push_back({.unit = use.unit,
                                     .control_group = use.control_group,
                                     .had = *use.processors,
                                     .processors = *use.processors});
        }
    }
}

void CpuThrottle::let_go(TimePoint now) {
    free_all();
    free_until_ = now + respite;
}

}  // namespace penstock
