// SPDX-License-Identifier: Apache-2.0

#include "client/cooperation/obey.h"

#include <cerrno>

#include "client/protocol/records.h"

namespace penstock::client {
namespace {

bool able_to(Verb verb, std::uint32_t abilities) {
    switch (verb) {
        case Verb::suspend:
        case Verb::resume:
            return has(abilities, Ability::save) || has(abilities, Ability::limit_launches);
        case Verb::limit_launches:
            return has(abilities, Ability::limit_launches);
        case Verb::set_priority:
            return has(abilities, Ability::set_priority);
        case Verb::set_units:
            return has(abilities, Ability::set_units);
    }
    return false;  // Not one of the enumerators: out of reach.
}

bool in_range(Verb verb, const Order& order) {
    switch (verb) {
        case Verb::suspend:
        case Verb::resume:
        case Verb::limit_launches:
            return true;
        case Verb::set_priority:
            return order.value <= highest_priority || order.value == own_priority;
        case Verb::set_units:
            return order.value < most_units && order.count <= most_units - order.value;
    }
    return false;  // As above.
}

Result<std::uint32_t> carry_out(Verb verb, const Order& order, QueueKeeper& keeper) {
    const Place place{.gpu_id = order.gpu_id, .queue = order.queue};
    switch (verb) {
        case Verb::suspend:
            return keeper.suspend(place);
        case Verb::resume:
            return keeper.resume(place);
        case Verb::limit_launches:
            return keeper.limit_launches(place, order.value);
        case Verb::set_priority:
            return keeper.set_priority(place, order.value);
        case Verb::set_units:
            return keeper.set_units(place, order.value, order.count);
    }
    return fail(EOPNOTSUPP, "obey");
}

}  // namespace

Done obey(const Order& order, std::uint32_t abilities, QueueKeeper& keeper) {
    Done done{.serial = order.serial};
    const std::optional<Verb> verb = verb_of(order);
    if (!verb || !able_to(*verb, abilities)) {
        done.error = EOPNOTSUPP;
        return done;
    }
    if (!in_range(*verb, order)) {
        done.error = EINVAL;
        return done;
    }
    const Result<std::uint32_t> reached = carry_out(*verb, order, keeper);
    if (!reached) {
        done.error = reached.error().code != 0 ? reached.error().code : EIO;
        return done;
    }
    done.reached = *reached;
    return done;
}

}  // namespace penstock::client
