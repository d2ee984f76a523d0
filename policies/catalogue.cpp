// SPDX-License-Identifier: Apache-2.0

#include "policies/catalogue.h"

#include <algorithm>
#include <array>

#include "base/suggestion.h"
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

// What each can be told, as it has it itself.
constexpr PolicySettings usual(const FixedPriority::Settings& own) {
    return {.settle = own.settle, .quantum = own.quantum, .aging = own.aging};
}

constexpr PolicySettings usual(const TimeShare::Settings& own) {
    return {.settle = own.settle, .quantum = own.quantum, .hard = own.hard};
}

constexpr PolicySettings usual(const EarliestDeadline::Settings& own) {
    return {.settle = own.settle, .quantum = own.quantum, .runners = own.runners, .firm = own.firm};
}

constexpr PolicySettings usual(const Harvest::Settings& own) {
    return {.settle = own.settle};
}

constexpr PolicySettings usual(const Patience::Settings& own) {
    return {.settle = own.settle, .patience = own.patience};
}

constexpr PolicySettings usual(const FeedbackQueue::Settings& own) {
    return {.settle = own.settle, .quantum = own.quantum, .aging = own.rise};
}

constexpr PolicySettings usual(const Reserve::Settings& own) {
    return {.settle = own.settle, .quantum = own.quantum, .guard = own.guard};
}

constexpr PolicySettings usual(const ReservedBudget::Settings& own) {
    return {.settle = own.settle, .quantum = own.quantum, .hard = own.hard};
}

constexpr PolicySettings usual(const Shield::Settings& own) {
    return {.settle = own.settle};
}

constexpr PolicySettings usual(const ShortestFirst::Settings& own) {
    return {
        .settle = own.settle, .quantum = own.quantum, .aging = own.aging, .runners = own.runners};
}

constexpr FixedPriority::Settings over_domain{.by_domain = true};
constexpr EarliestDeadline::Settings several{.runners = 16};
constexpr EarliestDeadline::Settings by_laxity{.by_laxity = true};
constexpr FixedPriority::Settings aging{.aging = 500ms};
constexpr TimeShare::Settings by_weight{.shares = Shares::by_weight};
constexpr TimeShare::Settings equal{.shares = Shares::equal, .quantum = 5ms};

constexpr std::array entries{
    CatalogueEntry{
        .name = "domain-priority",
        .sentence = "as fixed-priority, over all devices that share the machine's memory",
        .make =
            [](const PolicySettings& wished) { return make_fixed_priority(wished, over_domain); },
        .usual = usual(over_domain)},
    CatalogueEntry{
        .name = "earliest-deadline",
        .sentence = "of processes with work, the one whose deadline comes first runs",
        .make = [](const PolicySettings& wished) { return make_earliest_deadline(wished, {}); },
        .usual = usual(EarliestDeadline::Settings{})},
    CatalogueEntry{
        .name = "earliest-deadlines",
        .sentence = "of processes with work, the 16 whose deadlines come first run",
        .make =
            [](const PolicySettings& wished) { return make_earliest_deadline(wished, several); },
        .usual = usual(several)},
    CatalogueEntry{.name = "fair-share",
                   .sentence = "processes take turns by weight and priority",
                   .make = [](const PolicySettings& wished) { return make_time_share(wished, {}); },
                   .usual = usual(TimeShare::Settings{})},
    CatalogueEntry{.name = "feedback-queue",
                   .sentence = "the more a process has been served of late, the later it runs",
                   .make = &make_feedback_queue,
                   .usual = usual(FeedbackQueue::Settings{})},
    CatalogueEntry{
        .name = "fixed-priority",
        .sentence = "processes with work yield to those with a higher priority",
        .make = [](const PolicySettings& wished) { return make_fixed_priority(wished, {}); },
        .usual = usual(FixedPriority::Settings{})},
    CatalogueEntry{.name = "harvest",
                   .sentence = "batch and idle processes run while no others have work",
                   .make = &make_harvest,
                   .usual = usual(Harvest::Settings{})},
    CatalogueEntry{
        .name = "least-laxity",
        .sentence = "the process runs that has to start first to be done in time",
        .make =
            [](const PolicySettings& wished) { return make_earliest_deadline(wished, by_laxity); },
        .usual = usual(by_laxity)},
    CatalogueEntry{.name = "observe-only",
                   .sentence = "orders nothing; the driver shares the device",
                   .make = [](const PolicySettings& /*wished*/) -> Made {
                       return std::make_unique<ObserveOnly>();
                   }},
    CatalogueEntry{
        .name = "partition",
        .sentence = "processes take turns by weight alone",
        .make = [](const PolicySettings& wished) { return make_time_share(wished, by_weight); },
        .usual = usual(by_weight)},
    CatalogueEntry{.name = "patience",
                   .sentence = "processes yield by priority until half of their deadline is over",
                   .make = &make_patience,
                   .usual = usual(Patience::Settings{})},
    CatalogueEntry{
        .name = "priority-aging",
        .sentence = "as fixed-priority, but who has waited for long gets a turn",
        .make = [](const PolicySettings& wished) { return make_fixed_priority(wished, aging); },
        .usual = usual(aging)},
    CatalogueEntry{
        .name = "reserve",
        .sentence = "as fixed-priority, but deadlines take the time that they need to be kept",
        .make = &make_reserve,
        .usual = usual(Reserve::Settings{})},
    CatalogueEntry{
        .name = "reserved-budget",
        .sentence = "processes get the cost that they declare in each deadline, others the rest",
        .make = &make_reserved_budget,
        .usual = usual(ReservedBudget::Settings{})},
    CatalogueEntry{
        .name = "round-robin",
        .sentence = "processes take equal turns",
        .make = [](const PolicySettings& wished) { return make_time_share(wished, equal); },
        .usual = usual(equal)},
    CatalogueEntry{
        .name = "shield",
        .sentence = "as fixed-priority, but batch work is held back while memory is the bottleneck",
        .make = &make_shield,
        .usual = usual(Shield::Settings{})},
    CatalogueEntry{
        .name = "shortest-first",
        .sentence = "of equal priority, the process runs that needs the least to be done",
        .make = &make_shortest_first,
        .usual = usual(ShortestFirst::Settings{})},
};

}  // namespace

std::span<const CatalogueEntry> catalogue() {
    return entries;
}

Result<const CatalogueEntry*> find_policy(std::string_view name) {
    const auto* const entry = std::ranges::find(entries, name, &CatalogueEntry::name);
    if (entry != entries.end()) {
        return entry;
    }
    std::vector<std::string_view> names;
    names.reserve(entries.size());
    for (const CatalogueEntry& known : entries) {
        names.push_back(known.name);
    }
    return fail("there is no policy \"" + printable(name) + "\"" + names_instead(name, names));
}

Result<> check_settings(const CatalogueEntry& policy,
                        const PolicySettings& settings,
                        std::string_view PolicySetting::* names) {
    std::string taken;
    for (const PolicySetting* setting : settings_in(policy.usual)) {
        taken.append(taken.empty() ? "it takes " : ", ").append(setting->*names);
    }
    // Whoever made the settings may not have read them through the table: ranges are checked here
    // too.
    for (const PolicySetting* setting : settings_in(settings)) {
        if (!value_of(*setting, policy.usual)) {
            return fail("policy \"" + std::string(policy.name) + "\" does not take " +
                        std::string(setting->*names) + ": " +
                        (taken.empty() ? "it takes no settings" : taken));
        }
        const auto value = value_of(*setting, settings);
        PolicySettings copy;
        if (Result<> sound = value ? set_setting(*setting, *value, copy) : Result<>(); !sound) {
            return fail(std::move(sound).error(), setting->*names);
        }
    }
    return {};
}

PolicySettings effective(const CatalogueEntry& policy, const PolicySettings& settings) {
    PolicySettings all = policy.usual;
    for (const PolicySetting* setting : settings_in(policy.usual)) {
        if (const auto value = value_of(*setting, settings)) {
            static_cast<void>(set_setting(*setting, *value, all));
        }
    }
    return all;
}

Result<std::unique_ptr<Policy>> make_policy(std::string_view name, const PolicySettings& settings) {
    const Result<const CatalogueEntry*> entry = find_policy(name);
    if (!entry) {
        return std::unexpected(entry.error());
    }
    if (Result<> sound = check_settings(**entry, settings); !sound) {
        return std::unexpected(std::move(sound).error());
    }
    return (*entry)->make(settings);
}

}  // namespace penstock
