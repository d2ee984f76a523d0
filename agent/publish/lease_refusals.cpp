// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/lease_refusals.h"

#include <fmt/format.h>

#include "agent/publish/lease_object.h"

namespace penstock::dbus {

Refusal no_room(const LeaseWish& wish, const LeaseLedger& ledger) {
    return {.name = error::lease_denied,
            .sentence = fmt::format("{} of the {} bytes per second at {} are leased: {} can not be "
                                    "granted now, and the request did not want to wait longer",
                                    ledger.granted(wish.pool),
                                    ledger.capacity(wish.pool).value_or(0),
                                    target_path(wish.pool),
                                    wish.exclusive ? wish.want : wish.least)};
}

Refusal lease_refusal(LeaseBar bar, const LeaseWish& wish, const LeaseLedger& ledger) {
    const std::string target = target_path(wish.pool);
    switch (bar) {
        case LeaseBar::capacity_unknown:
            return {
                .name = error::degraded,
                .sentence = wish.pool.kind == LeasePool::Kind::memory
                                ? fmt::format("nobody knows what {} can move: penstockctl "
                                              "calibrate measures it, and DramPeak= says it",
                                              target)
                                : fmt::format("nobody knows what the link of {} can move", target)};
        case LeaseBar::too_large:
            return {.name = error::lease_denied,
                    .sentence = fmt::format(
                        "{} bytes per second can not be promised: of {}, a lease of this class can "
                        "be promised {} at most",
                        wish.least,
                        target,
                        ledger.most_promised(wish))};
        case LeaseBar::waits_for_itself:
            return {.name = error::lease_denied,
                    .sentence = fmt::format("process {} has {} for itself alone, and would wait "
                                            "for itself",
                                            wish.party.pid,
                                            target)};
        case LeaseBar::too_many:
            return {.name = error::limits_exceeded,
                    .sentence = fmt::format("{} leases are held or waited for, and there can not "
                                            "be more",
                                            ledger.limits().most)};
        case LeaseBar::too_many_of_user:
            return {.name = error::limits_exceeded,
                    .sentence = fmt::format("uid {} has {} leases or waits for them, and one user "
                                            "can not have more",
                                            wish.party.uid,
                                            ledger.limits().most_of_a_user)};
        case LeaseBar::none:
            break;
    }
    return no_room(wish, ledger);
}

}  // namespace penstock::dbus
