// SPDX-License-Identifier: Apache-2.0

#include "policies/catalogue.h"

#include <algorithm>
#include <array>
#include <concepts>

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

template <typename T, typename Settings>
concept Is = std::same_as<std::remove_const_t<T>, Settings>;

// What of each policy's own settings can be set, and as which: calls pair(own, setting) for each.
// One list serves making a policy and telling what it takes.
constexpr void pair_all(Is<FixedPriority::Settings> auto& own, auto& told, const auto& pair) {
    pair(own.settle, told.settle);
    pair(own.aging, told.aging);
    pair(own.quantum, told.quantum);
}

constexpr void pair_all(Is<TimeShare::Settings> auto& own, auto& told, const auto& pair) {
    pair(own.settle, told.settle);
    pair(own.quantum, told.quantum);
    pair(own.hard, told.hard);
}

constexpr void pair_all(Is<EarliestDeadline::Settings> auto& own, auto& told, const auto& pair) {
    pair(own.settle, told.settle);
    pair(own.quantum, told.quantum);
    pair(own.runners, told.runners);
    pair(own.firm, told.firm);
}

constexpr void pair_all(Is<Harvest::Settings> auto& own, auto& told, const auto& pair) {
    pair(own.settle, told.settle);
}

constexpr void pair_all(Is<Patience::Settings> auto& own, auto& told, const auto& pair) {
    pair(own.settle, told.settle);
    pair(own.patience, told.patience);
}

constexpr void pair_all(Is<Reserve::Settings> auto& own, auto& told, const auto& pair) {
    pair(own.settle, told.settle);
    pair(own.quantum, told.quantum);
    pair(own.guard, told.guard);
}

constexpr void pair_all(Is<ReservedBudget::Settings> auto& own, auto& told, const auto& pair) {
    pair(own.settle, told.settle);
    pair(own.quantum, told.quantum);
    pair(own.hard, told.hard);
}

constexpr void pair_all(Is<Shield::Settings> auto& own, auto& told, const auto& pair) {
    pair(own.settle, told.settle);
}

constexpr void pair_all(Is<ShortestFirst::Settings> auto& own, auto& told, const auto& pair) {
    pair(own.settle, told.settle);
    pair(own.quantum, told.quantum);
    pair(own.aging, told.aging);
    pair(own.runners, told.runners);
}

constexpr void pair_all(Is<FeedbackQueue::Settings> auto& own, auto& told, const auto& pair) {
    pair(own.settle, told.settle);
    pair(own.quantum, told.quantum);
    pair(own.rise, told.aging);
}

// Where a setting is absent, the policy's own value is kept.
template <typename Made>
std::unique_ptr<Policy> make(const PolicySettings& wished, typename Made::Settings settings) {
    pair_all(settings, wished, [](auto& own, const auto& told) { own = told.value_or(own); });
    return std::make_unique<Made>(settings);
}

constexpr PolicySettings told_of(const auto& settings) {
    PolicySettings all;
    pair_all(settings, all, [](const auto& own, auto& told) { told = own; });
    return all;
}

template <typename Made>
constexpr typename Made::Settings own_settings{};

// `settings` is what the policy of this name has where nothing is set.
template <typename Made, const auto& settings = own_settings<Made>>
constexpr CatalogueEntry entry(std::string_view name, std::string_view sentence) {
    return {.name = name,
            .sentence = sentence,
            .make = [](const PolicySettings& wished) { return make<Made>(wished, settings); },
            .usual = told_of(settings)};
}

constexpr FixedPriority::Settings over_domain{.by_domain = true};
constexpr EarliestDeadline::Settings several{.runners = 16};
constexpr EarliestDeadline::Settings by_laxity{.by_laxity = true};
constexpr FixedPriority::Settings aging{.aging = 500ms};
constexpr TimeShare::Settings by_weight{.shares = Shares::by_weight};
constexpr TimeShare::Settings equal{.shares = Shares::equal, .quantum = 5ms};

constexpr std::array entries{
    entry<FixedPriority, over_domain>(
        "domain-priority", "as fixed-priority, over all devices that share the machine's memory"),
    entry<EarliestDeadline>("earliest-deadline",
                            "of processes with work, the one whose deadline comes first runs"),
    entry<EarliestDeadline, several>(
        "earliest-deadlines", "of processes with work, the 16 whose deadlines come first run"),
    entry<TimeShare>("fair-share", "processes take turns by weight and priority"),
    entry<FeedbackQueue>("feedback-queue",
                         "the more a process has been served of late, the later it runs"),
    entry<FixedPriority>("fixed-priority",
                         "processes with work yield to those with a higher priority"),
    entry<Harvest>("harvest", "batch and idle processes run while no others have work"),
    entry<EarliestDeadline, by_laxity>(
        "least-laxity", "the process runs that has to start first to be done in time"),
    CatalogueEntry{.name = "observe-only",
                   .sentence = "orders nothing; the driver shares the device",
                   .make = [](const PolicySettings& /*wished*/) -> std::unique_ptr<Policy> {
                       return std::make_unique<ObserveOnly>();
                   }},
    entry<TimeShare, by_weight>("partition", "processes take turns by weight alone"),
    entry<Patience>("patience", "processes yield by priority until half of their deadline is over"),
    entry<FixedPriority, aging>("priority-aging",
                                "as fixed-priority, but who has waited for long gets a turn"),
    entry<Reserve>("reserve",
                   "as fixed-priority, but deadlines take the time that they need to be kept"),
    entry<ReservedBudget>(
        "reserved-budget",
        "processes get the cost that they declare in each deadline, others the rest"),
    entry<TimeShare, equal>("round-robin", "processes take equal turns"),
    entry<Shield>("shield",
                  "as fixed-priority, but batch work is held back while memory is the bottleneck"),
    entry<ShortestFirst>("shortest-first",
                         "of equal priority, the process runs that needs the least to be done"),
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
