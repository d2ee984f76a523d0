// SPDX-License-Identifier: Apache-2.0

#include "policies/catalogue.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "policies/earliest_deadline.h"
#include "policies/feedback_queue.h"
#include "policies/fixed_priority.h"
#include "policies/harvest.h"
#include "policies/observe_only.h"
#include "policies/patience.h"
#include "policies/reserve.h"
#include "policies/reserved_budget.h"
#include "policies/shield.h"
#include "policies/shortest_first.h"
#include "policies/time_share.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

using Shares = TimeShare::Shares;
using Made = std::unique_ptr<Policy>;

// Where a setting is absent, the policy's own value is kept.
template <typename T>
void set(T& into, const std::optional<T>& wished) {
    into = wished.value_or(into);
}

Made make_fixed_priority(const PolicySettings& wished, FixedPriority::Settings settings) {
    set(settings.settle, wished.settle);
    set(settings.aging, wished.aging);
    set(settings.quantum, wished.quantum);
    return std::make_unique<FixedPriority>(settings);
}

Made make_time_share(const PolicySettings& wished, TimeShare::Settings settings) {
    set(settings.settle, wished.settle);
    set(settings.quantum, wished.quantum);
    set(settings.hard, wished.hard);
    return std::make_unique<TimeShare>(settings);
}

Made make_earliest_deadline(const PolicySettings& wished, EarliestDeadline::Settings settings) {
    set(settings.settle, wished.settle);
    set(settings.quantum, wished.quantum);
    set(settings.runners, wished.runners);
    set(settings.firm, wished.firm);
    return std::make_unique<EarliestDeadline>(settings);
}

Made make_harvest(const PolicySettings& wished) {
    Harvest::Settings settings;
    set(settings.settle, wished.settle);
    return std::make_unique<Harvest>(settings);
}

Made make_patience(const PolicySettings& wished) {
    Patience::Settings settings;
    set(settings.settle, wished.settle);
    set(settings.patience, wished.patience);
    return std::make_unique<Patience>(settings);
}

Made make_reserve(const PolicySettings& wished) {
    Reserve::Settings settings;
    set(settings.settle, wished.settle);
    set(settings.quantum, wished.quantum);
    set(settings.guard, wished.guard);
    return std::make_unique<Reserve>(settings);
}

Made make_reserved_budget(const PolicySettings& wished) {
    ReservedBudget::Settings settings;
    set(settings.settle, wished.settle);
    set(settings.quantum, wished.quantum);
    set(settings.hard, wished.hard);
    return std::make_unique<ReservedBudget>(settings);
}

Made make_shield(const PolicySettings& wished) {
    Shield::Settings settings;
    set(settings.settle, wished.settle);
    return std::make_unique<Shield>(settings);
}

Made make_shortest_first(const PolicySettings& wished) {
    ShortestFirst::Settings settings;
    set(settings.settle, wished.settle);
    set(settings.quantum, wished.quantum);
    set(settings.aging, wished.aging);
    set(settings.runners, wished.runners);
    return std::make_unique<ShortestFirst>(settings);
}

Made make_feedback_queue(const PolicySettings& wished) {
    FeedbackQueue::Settings settings;
    set(settings.settle, wished.settle);
    set(settings.quantum, wished.quantum);
    set(settings.rise, wished.aging);
    return std::make_unique<FeedbackQueue>(settings);
}

constexpr std::array entries{
    CatalogueEntry{
        .name = "domain-priority",
        .sentence = "as fixed-priority, over all devices that share the machine's memory",
        .make =
            [](const PolicySettings& wished) {
                return make_fixed_priority(wished, {.by_domain = true});
            }},
    CatalogueEntry{
        .name = "earliest-deadline",
        .sentence = "of processes with work, the one whose deadline comes first runs",
        .make = [](const PolicySettings& wished) { return make_earliest_deadline(wished, {}); }},
    CatalogueEntry{.name = "earliest-deadlines",
                   .sentence = "of processes with work, the 16 whose deadlines come first run",
                   .make =
                       [](const PolicySettings& wished) {
                           return make_earliest_deadline(wished, {.runners = 16});
                       }},
    CatalogueEntry{
        .name = "fair-share",
        .sentence = "processes take turns by weight and priority",
        .make = [](const PolicySettings& wished) { return make_time_share(wished, {}); }},
    CatalogueEntry{.name = "feedback-queue",
                   .sentence = "the more a process has been served of late, the later it runs",
                   .make = &make_feedback_queue},
    CatalogueEntry{
        .name = "fixed-priority",
        .sentence = "processes with work yield to those with a higher priority",
        .make = [](const PolicySettings& wished) { return make_fixed_priority(wished, {}); }},
    CatalogueEntry{.name = "harvest",
                   .sentence = "batch and idle processes run while no others have work",
                   .make = &make_harvest},
    CatalogueEntry{.name = "least-laxity",
                   .sentence = "the process runs that has to start first to be done in time",
                   .make =
                       [](const PolicySettings& wished) {
                           return make_earliest_deadline(wished, {.by_laxity = true});
                       }},
    CatalogueEntry{.name = "observe-only",
                   .sentence = "orders nothing; the driver shares the device",
                   .make = [](const PolicySettings& /*wished*/) -> Made {
                       return std::make_unique<ObserveOnly>();
                   }},
    CatalogueEntry{.name = "partition",
                   .sentence = "processes take turns by weight alone",
                   .make =
                       [](const PolicySettings& wished) {
                           return make_time_share(wished, {.shares = Shares::by_weight});
                       }},
    CatalogueEntry{.name = "patience",
                   .sentence = "processes yield by priority until half of their deadline is over",
                   .make = &make_patience},
    CatalogueEntry{.name = "priority-aging",
                   .sentence = "as fixed-priority, but who has waited for long gets a turn",
                   .make =
                       [](const PolicySettings& wished) {
                           return make_fixed_priority(wished, {.aging = 500ms});
                       }},
    CatalogueEntry{
        .name = "reserve",
        .sentence = "as fixed-priority, but deadlines take the time that they need to be kept",
        .make = &make_reserve},
    CatalogueEntry{
        .name = "reserved-budget",
        .sentence = "processes get the cost that they declare in each deadline, others the rest",
        .make = &make_reserved_budget},
    CatalogueEntry{.name = "round-robin",
                   .sentence = "processes take equal turns",
                   .make =
                       [](const PolicySettings& wished) {
                           return make_time_share(wished,
                                                  {.shares = Shares::equal, .quantum = 5ms});
                       }},
    CatalogueEntry{
        .name = "shield",
        .sentence = "as fixed-priority, but batch work is held back while memory is the bottleneck",
        .make = &make_shield},
    CatalogueEntry{
        .name = "shortest-first",
        .sentence = "of equal priority, the process runs that needs the least to be done",
        .make = &make_shortest_first},
};

}  // namespace

std::span<const CatalogueEntry> catalogue() {
    return entries;
}

Result<std::unique_ptr<Policy>> make_policy(std::string_view name, const PolicySettings& settings) {
    const auto* const entry = std::ranges::find(entries, name, &CatalogueEntry::name);
    if (entry != entries.end()) {
        return entry->make(settings);
    }
    std::string names;
    for (const CatalogueEntry& known : entries) {
        names.append(names.empty() ? "" : ", ").append(known.name);
    }
    return fail("there is no policy \"" + printable(name) + "\"; there are: " + names);
}

}  // namespace penstock
