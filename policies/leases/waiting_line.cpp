// SPDX-License-Identifier: Apache-2.0

#include "policies/leases/waiting_line.h"

#include <algorithm>
#include <tuple>

#include "policies/leases/inheritance.h"

namespace penstock {
namespace {

bool waits_for(const Lease& lease, const LeasePool& pool) {
    return !lease.held && lease.wish.pool == pool;
}

bool is_overdue(const Lease& waiter, TimePoint now) {
    return waiter.bypasses >= most_bypasses ||
           (waiter.bypassed_since && now - *waiter.bypassed_since >= longest_bypassing);
}

}  // namespace

std::vector<std::size_t> waiting_line(std::span<const Lease> all,
                                      const LeasePool& pool,
                                      TimePoint now) {
    std::vector<std::size_t> line;
    std::uint64_t overdue = UINT64_MAX;  // The ticket of the first one that nobody may overtake.
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (waits_for(all[i], pool)) {
            line.push_back(i);
            overdue = is_overdue(all[i], now) ? std::min(overdue, all[i].id.generation) : overdue;
        }
    }
    if (line.empty()) {
        return line;
    }
    const std::vector<LeaseClass> classes = effective_classes(all);
    std::erase_if(line, [&](std::size_t i) {
        return all[i].id.generation > overdue && classes[i] != LeaseClass::critical;
    });
    std::ranges::sort(
        line, {}, [&](std::size_t i) { return std::tuple(classes[i], all[i].id.generation); });
    return line;
}

bool note_bypasses(std::span<Lease> all, const Lease& granted, TimePoint now) {
    bool any = false;
    for (Lease& each : all) {
        if (waits_for(each, granted.wish.pool) && each.id.generation < granted.id.generation) {
            ++each.bypasses;
            each.bypassed_since = each.bypassed_since.value_or(now);
            any = true;
        }
    }
    return any;
}

}  // namespace penstock
