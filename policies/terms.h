// SPDX-License-Identifier: Apache-2.0
//
// Terms: on what terms an owner runs, as far as somebody may choose them. Rules, requests over
// D-Bus, what the next agent is left, and what clients see all go through this one list.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policies/decision.h"
#include "policies/snapshot.h"

namespace penstock {

inline constexpr std::int32_t lowest_priority = -20;
inline constexpr std::int32_t highest_priority = 20;
inline constexpr std::uint32_t lowest_weight = 1;
inline constexpr std::uint32_t highest_weight = RankedOwner::most_share;

template <typename T>
struct Chosen {
    T value{};
    std::string source{};  // As Owner::priority_source has it.
    bool operator==(const Chosen&) const = default;
};

// What has been chosen of an owner's terms. Whatever nobody chose is absent.
struct Choices {
    std::optional<Chosen<std::int32_t>> priority{};
    std::optional<Chosen<bool>> preemptible{};
    std::optional<Chosen<std::uint32_t>> weight{};
    std::optional<Chosen<ServiceClass>> service_class{};
    std::optional<Chosen<Duration>> deadline{};
    std::optional<Chosen<Duration>> cost{};
    std::optional<Chosen<BytesPerSecond>> dram_max{};
    bool operator==(const Choices&) const = default;
};

// One of them. Whoever deals with terms goes through each_term(), so that a further one is a member
// of Owner and of Choices, a constant here, and a word for it in each notation: the keys of rules,
// the file of what is kept, the members of org.penstock1.Process.
template <typename T>
struct Term {
    std::string_view name{};  // "class", as in files and in the journal.
    const char* member = "";  // "Class", as on D-Bus.
    const char* source_member = "";
    T Owner::* value = nullptr;
    std::string Owner::* source = nullptr;
    std::optional<Chosen<T>> Choices::* choice = nullptr;
    // Both are allowed, and all between them.
    T least{};
    T most{};
    // How an owner with this value stands beside others: more is better for it, and worse for them.
    std::int64_t (*standing)(T value) = nullptr;

    [[nodiscard]] bool allows(T wanted) const { return wanted >= least && wanted <= most; }

    // Lowering is for whoever has the process, and raising for an administrator.
    [[nodiscard]] bool raises(T wanted, T present) const {
        return standing(wanted) > standing(present);
    }
};

inline constexpr Term<std::int32_t> priority_term{
    .name = "priority",
    .member = "Priority",
    .source_member = "PrioritySource",
    .value = &Owner::priority,
    .source = &Owner::priority_source,
    .choice = &Choices::priority,
    .least = lowest_priority,
    .most = highest_priority,
    .standing = [](std::int32_t priority) -> std::int64_t { return priority; }};

// Who is exempt stands above all who are not.
inline constexpr Term<bool> preemptible_term{
    .name = "preemptible",
    .member = "Preemptible",
    .source_member = "PreemptibleSource",
    .value = &Owner::preemptible,
    .source = &Owner::preemptible_source,
    .choice = &Choices::preemptible,
    .least = false,
    .most = true,
    .standing = [](bool preemptible) -> std::int64_t { return preemptible ? 0 : 1; }};

inline constexpr Term<std::uint32_t> weight_term{
    .name = "weight",
    .member = "Weight",
    .source_member = "WeightSource",
    .value = &Owner::weight,
    .source = &Owner::weight_source,
    .choice = &Choices::weight,
    .least = lowest_weight,
    .most = highest_weight,
    .standing = [](std::uint32_t weight) -> std::int64_t { return weight; }};

// In the order of the enumeration: who is waited for first, who takes what is left last.
inline constexpr Term<ServiceClass> class_term{
    .name = "class",
    .member = "Class",
    .source_member = "ClassSource",
    .value = &Owner::service_class,
    .source = &Owner::class_source,
    .choice = &Choices::service_class,
    .least = ServiceClass::latency,
    .most = ServiceClass::idle,
    .standing = [](ServiceClass each) -> std::int64_t { return -static_cast<std::int64_t>(each); }};

// The sooner, the better it stands; without one it comes after all who have one.
inline constexpr Term<Duration> deadline_term{
    .name = "deadline",
    .member = "DeadlineUSec",
    .source_member = "DeadlineSource",
    .value = &Owner::deadline,
    .source = &Owner::deadline_source,
    .choice = &Choices::deadline,
    .least = Duration{},
    .most = RankedOwner::longest_wait,
    .standing = [](Duration deadline) -> std::int64_t {
        constexpr Duration none = RankedOwner::longest_wait + Duration{1};
        return -(deadline == Duration{} ? none : deadline).count();
    }};

// Who takes longer has to start earlier.
inline constexpr Term<Duration> cost_term{
    .name = "cost",
    .member = "CostUSec",
    .source_member = "CostSource",
    .value = &Owner::cost,
    .source = &Owner::cost_source,
    .choice = &Choices::cost,
    .least = Duration{},
    .most = RankedOwner::longest_wait,
    .standing = [](Duration cost) -> std::int64_t { return cost.count(); }};

// Nothing at all would be no life: who is to have none is preempted.
inline constexpr Term<BytesPerSecond> dram_max_term{
    .name = "dram-max",
    .member = "DramMaxBytesPerSecond",
    .source_member = "DramMaxSource",
    .value = &Owner::dram_max,
    .source = &Owner::dram_max_source,
    .choice = &Choices::dram_max,
    .least = BytesPerSecond{1},
    .most = unlimited,
    .standing = [](BytesPerSecond most) -> std::int64_t {
        return static_cast<std::int64_t>(most.value / 2);
    }};

// Calls `use` with each of them.
template <typename Use>
constexpr void each_term(const Use& use) {
    use(priority_term);
    use(preemptible_term);
    use(weight_term);
    use(class_term);
    use(deadline_term);
    use(cost_term);
    use(dram_max_term);
}

// What was not chosen stays as it is.
inline void apply(const Choices& choices, Owner& owner) {
    each_term([&](const auto& term) {
        if (const auto& chosen = choices.*term.choice) {
            owner.*term.value = chosen->value;
            owner.*term.source = chosen->source;
        }
    });
}

// The later choices take the place of the earlier ones.
inline void apply(const Choices& later, Choices& earlier) {
    each_term([&](const auto& term) {
        if (const auto& chosen = later.*term.choice) {
            earlier.*term.choice = chosen;
        }
    });
}

// A source that begins so is a client of the bus; its uid follows.
inline constexpr std::string_view client_source = "dbus:";

// What becomes of an owner's terms when those that clients have set are forgotten; `ruled` is what
// rules and defaults say of all of them. An exemption is not among them: it takes a right of its
// own to give it, or to take it away.
[[nodiscard]] inline Choices back_to(const Choices& ruled, const Owner& owner) {
    Choices back;
    each_term([&](const auto& term) {
        if ((owner.*term.source).starts_with(client_source)) {
            back.*term.choice = ruled.*term.choice;
        }
    });
    back.preemptible.reset();
    return back;
}

// All of an owner's terms.
[[nodiscard]] inline Choices terms_of(const Owner& owner) {
    Choices terms;
    each_term([&](const auto& term) {
        terms.*term.choice = {{.value = owner.*term.value, .source = owner.*term.source}};
    });
    return terms;
}

}  // namespace penstock
