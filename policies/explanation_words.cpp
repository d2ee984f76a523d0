// SPDX-License-Identifier: Apache-2.0

#include "policies/explanation_words.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "policies/explanation.h"
#include "policies/level_names.h"
#include "policies/lookup.h"
#include "policies/reason_names.h"

namespace penstock {
namespace {

// Of what the driver or a runtime said.
constexpr std::size_t longest_reason = 256;

// From the longest: the first that fits is used.
struct Unit {
    std::string_view name;
    Duration length;
};

constexpr std::array units{Unit{.name = " s", .length = std::chrono::seconds(1)},
                           Unit{.name = " ms", .length = std::chrono::milliseconds(1)},
                           Unit{.name = " us", .length = std::chrono::microseconds(1)}};

std::string number(auto count) {
    return std::to_string(count);
}

std::string counted(std::size_t count) {
    return count == 1 ? "1 process" : number(count) + " processes";
}

// The gate suspends for four reasons; the others end a suspension.
std::string why_suspended(Reason reason) {
    switch (reason) {
        case Reason::higher_rank_has_work:
            return "a higher rank had work";
        case Reason::turn_of_another:
            return "it was the turn of others";
        case Reason::budget_spent:
            return "it had spent its budget";
        case Reason::operator_request:
            return "an operator asked for it";
        case Reason::higher_rank_drained:
        case Reason::longest_suspension:
        case Reason::order_changed:
        case Reason::release:
            break;
    }
    return "the gate said " + std::string(name_of(reason));
}

std::string why_resumed(Reason reason) {
    switch (reason) {
        case Reason::higher_rank_drained:
            return "no higher rank had work any more";
        case Reason::turn_of_another:
            return "its turn had come";
        case Reason::budget_spent:
            return "it had some of its budget again";
        case Reason::operator_request:
            return "the operator's hold was over";
        case Reason::longest_suspension:
            return "it had been suspended for as long as the guard allows";
        case Reason::order_changed:
            return "a new order no longer asked for it";
        case Reason::release:
            return "it was let go, or all were";
        case Reason::higher_rank_has_work:
            break;
    }
    return "the gate said " + std::string(name_of(reason));
}

// What is known of its work on the device.
std::string work_of(const Snapshot& snapshot, OwnerId owner, GpuId gpu) {
    bool unknown = false;
    for (const Queue& queue : snapshot.queues) {
        if (queue.key.owner != owner || queue.key.gpu != gpu) {
            continue;
        }
        const auto occupied = queue.occupied_bytes();
        if (occupied && *occupied > 0) {
            return "has packets waiting";
        }
        unknown = unknown || !occupied;
    }
    return unknown ? "may have packets waiting" : "has none waiting";
}

std::string named(const Snapshot& snapshot, const DeviceOrder& order, const RankedOwner& place) {
    const Owner* owner = find_owner(snapshot, place.owner);
    if (owner == nullptr) {
        return "a process that has just ended";
    }
    return "process " + number(owner->pid) + " (" + printable(owner->command) + "), rank " +
           number(place.rank) + ", which " + work_of(snapshot, place.owner, order.gpu);
}

// Equals have no order that would last: they run together, or take turns.
bool comes_before(const RankedOwner& other, const RankedOwner& place) {
    return other.owner != place.owner && other.rank > place.rank;
}

}  // namespace

std::string rounded_text(Duration span) {
    for (const Unit& unit : units) {
        if (span >= unit.length || unit.name == units.back().name) {
            const auto tenths = span * 10 / unit.length;
            const std::string tail = tenths % 10 == 0 ? "" : "." + number(tenths % 10);
            return number(tenths / 10) + tail + std::string(unit.name);
        }
    }
    return "";
}

std::string tenure_sentence(const Tenure& tenure, PreemptionLevel level, TimePoint now) {
    if (tenure.suspended) {
        const Duration lasts = std::max(now - tenure.suspended_since, Duration{});
        const std::string why =
            tenure.suspended_for ? ", because " + why_suspended(*tenure.suspended_for) : "";
        return "suspended for " + rounded_text(lasts) + ", by " + std::string(name_of(level)) + why;
    }
    if (!tenure.suspended_for || !tenure.resumed_for) {
        return "never suspended here";
    }
    const Duration since = std::max(now - tenure.resumed_at, Duration{});
    return "last suspended because " + why_suspended(*tenure.suspended_for) + "; resumed " +
           rounded_text(since) + " ago, because " + why_resumed(*tenure.resumed_for);
}

std::string hold_sentence(std::optional<TimePoint> until, TimePoint now) {
    if (!until || *until <= now) {
        return "";
    }
    return "an operator holds it for another " + rounded_text(*until - now);
}

std::string exemption_sentence(const Snapshot& snapshot, const Owner& owner) {
    if (!snapshot.preemption_enabled) {
        return "preemption is disabled (PreemptionEnabled is false), so nobody is suspended";
    }
    if (!owner.preemptible) {
        return "nobody suspends it: Preemptible is false, by " +
               printable(owner.preemptible_source);
    }
    if (!can_preempt(owner.level)) {
        return "nobody can suspend it: " + (owner.level_reason.empty()
                                                ? "the gate has not taken it over"
                                                : printable(owner.level_reason, longest_reason));
    }
    return "";
}

std::string rank_sentence(const DeviceOrder& order, const RankedOwner& place) {
    const auto higher = std::ranges::count_if(
        order.owners, [&](const RankedOwner& other) { return comes_before(other, place); });
    const auto equal = std::ranges::count(order.owners, place.rank, &RankedOwner::rank) - 1;
    return "its rank is " + number(place.rank) + ": of " + number(order.owners.size() - 1) +
           " others on the device " + number(higher) + " have a higher one and " + number(equal) +
           " the same";
}

std::string turn_sentence(const DeviceOrder& order, const RankedOwner& place) {
    if (order.runners == 0) {
        return "all of the highest rank that has work run together, and those below wait";
    }
    std::uint64_t shares = 0;
    for (const RankedOwner& other : order.owners) {
        shares += other.rank == place.rank ? other.share : 0;
    }
    const std::string turns =
        place.quantum > Duration{} ? ", in turns of " + rounded_text(place.quantum) : "";
    return counted(order.runners) + " with work may run at once; its share is " +
           number(place.share) + " of the " + number(shares) + " of its rank" + turns;
}

std::string deadline_sentence(const RankedOwner& place) {
    if (place.deadline <= Duration{}) {
        return "";
    }
    const std::string cost =
        place.cost > Duration{} ? " and takes " + rounded_text(place.cost) + " of the device" : "";
    return "its work is due " + rounded_text(place.deadline) + " after it comes" + cost +
           (place.firm ? "; when it can not be done in time any more, that counts for nothing"
                       : "");
}

std::string budget_sentence(const RankedOwner& place) {
    const Budget& budget = place.budget;
    if (budget.amount <= Duration{} || budget.period <= Duration{}) {
        return "";
    }
    const std::string before =
        budget.rank > place.rank
            ? ", and goes with rank " + number(budget.rank) + " while something of that is left"
            : "";
    return "it has a budget of " + rounded_text(budget.amount) + " in " +
           rounded_text(budget.period) + before +
           (budget.hard ? "; when that is spent it waits, though nobody else has work" : "");
}

std::string steal_sentence(const RankedOwner& place) {
    const Steal& steal = place.steal;
    if (steal.quantum <= Duration{} || steal.rank <= place.rank) {
        return "";
    }
    return "where the gaps of higher ranks do not let it be done " + rounded_text(steal.guard) +
           " before its deadline, it takes " + rounded_text(steal.quantum) +
           " at a time with rank " + number(steal.rank);
}

std::string descent_sentence(const RankedOwner& place) {
    const Descent& descent = place.descent;
    if (descent.allotment <= Duration{} || descent.levels < 2) {
        return "";
    }
    const std::string rise = descent.rise > Duration{}
                                 ? "; every " + rounded_text(descent.rise) + " all are at the top"
                                 : "";
    return "of " + number(descent.levels) + " levels it falls one after " +
           rounded_text(descent.allotment) + " of service, and after twice as much on each below" +
           rise;
}

std::string domain_sentence(const DeviceOrder& order) {
    return order.domain == 0 ? "" : "higher ranks count on all devices that share its memory";
}

std::string late_sentence(const RankedOwner& place) {
    const RankedOwner::Late& late = place.late;
    if (late.after <= Duration{} || late.rank <= place.rank) {
        return "";
    }
    if (late.since_work) {
        return "when its work is " + rounded_text(late.after) + " old, its rank becomes " +
               number(late.rank);
    }
    return "when it has waited for " + rounded_text(late.after) + " it has a turn of " +
           rounded_text(late.lasts) + " with rank " + number(late.rank);
}

std::string above_sentence(const Snapshot& snapshot,
                           const DeviceOrder& order,
                           const RankedOwner& place) {
    std::vector<const RankedOwner*> above;
    for (const RankedOwner& other : order.owners) {
        if (comes_before(other, place)) {
            above.push_back(&other);
        }
    }
    std::ranges::sort(above, {}, [](const RankedOwner* other) {
        return std::pair(-std::int64_t{other->rank}, other->owner);
    });
    std::string names;
    for (std::size_t each = 0; each < std::min(above.size(), Explanation::most_named); ++each) {
        names.append(each == 0 ? "above it: " : "; ").append(named(snapshot, order, *above[each]));
    }
    if (above.size() > Explanation::most_named) {
        names.append("; and " + number(above.size() - Explanation::most_named) + " more");
    }
    return names;
}

std::string overtaking_sentence(const DeviceOrder& order, const RankedOwner& place) {
    const auto count = std::ranges::count_if(order.owners, [&](const RankedOwner& other) {
        return other.owner != place.owner && other.rank <= place.rank &&
               other.late.after > Duration{} && other.late.rank > place.rank;
    });
    return count == 0 ? ""
                      : counted(static_cast<std::size_t>(count)) +
                            " of no higher rank may come before it after a long wait";
}

std::string bounds_sentence(const DeviceOrder& order) {
    const std::string pace = order.suspension_interval > Duration{}
                                 ? "; suspensions here come " +
                                       rounded_text(order.suspension_interval) + " apart on average"
                                 : "";
    return "nobody waits suspended for more than " + rounded_text(order.longest_suspension) +
           ", and who did runs for " + rounded_text(order.run_window) + pace;
}

}  // namespace penstock
