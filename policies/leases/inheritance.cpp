// SPDX-License-Identifier: Apache-2.0

#include "policies/leases/inheritance.h"

#include <algorithm>

namespace penstock {
namespace {

using Classes = std::vector<LeaseClass>;

// The best class of those who wait until this one lets go.
LeaseClass best_waiter(std::span<const Lease> all, const Classes& classes, const Lease& holder) {
    LeaseClass best = LeaseClass::background;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const LeaseWish& wish = all[i].wish;
        if (!all[i].held && wish.pool == holder.wish.pool && wish.party != holder.wish.party) {
            best = std::min(best, classes[i]);
        }
    }
    return best;
}

// Everything that the party has or waits for. False when it was as urgent before.
bool raise(std::span<const Lease> all, Classes& classes, const LeaseParty& party, LeaseClass to) {
    bool raised = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].wish.party == party && to < classes[i]) {
            classes[i] = to;
            raised = true;
        }
    }
    return raised;
}

// One round. Whether anybody is more urgent than before.
bool raise_holders(std::span<const Lease> all, Classes& classes) {
    bool raised = false;
    for (const Lease& holder : all) {
        const bool alone = holder.held && holder.wish.exclusive && holder.wish.party.pid != 0;
        if (alone && raise(all, classes, holder.wish.party, best_waiter(all, classes, holder))) {
            raised = true;
        }
    }
    return raised;
}

}  // namespace

std::vector<LeaseClass> effective_classes(std::span<const Lease> all) {
    Classes classes;
    classes.reserve(all.size());
    for (const Lease& each : all) {
        classes.push_back(each.wish.lease_class);
    }
    // Round by round, not along each path: parties may wait for each other in a circle.
    bool raised = true;
    for (int depth = 0; raised && depth < deepest_inheritance; ++depth) {
        raised = raise_holders(all, classes);
    }
    return classes;
}

}  // namespace penstock
