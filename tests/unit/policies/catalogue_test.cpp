// SPDX-License-Identifier: Apache-2.0

#include "policies/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/fakes/machine.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

constexpr GpuId gpu{7};

// Two owners who differ in all that a policy may look at.
Snapshot two_owners() {
    Snapshot snapshot{.now = TimePoint(1s)};
    snapshot.devices = {{.gpu = gpu}};
    for (const std::uint64_t id : {1U, 2U}) {
        snapshot.owners.push_back({.id = OwnerId{id},
                                   .priority = id == 1 ? 5 : 0,
                                   .deadline = 10s * static_cast<int>(id),
                                   .cost = 3ms,
                                   .level = PreemptionLevel::debug_suspend});
        snapshot.queues.push_back({.key = {.owner = OwnerId{id}, .gpu = gpu}});
    }
    return snapshot;
}

// Another value than the usual one.
SettingValue other_than(const SettingValue& usual, const PolicySetting& setting) {
    return std::visit(
        [&](const auto& target) {
            const SettingValue most = target.most;
            return most == usual ? SettingValue(target.least) : most;
        },
        setting.target);
}

TEST(Catalogue, makes_every_policy_that_it_lists) {
    EXPECT_FALSE(catalogue().empty());
    for (const CatalogueEntry& entry : catalogue()) {
        const auto policy = make_policy(entry.name);
        ASSERT_TRUE(policy) << entry.name;
        EXPECT_EQ((*policy)->decide(Snapshot{}), Decision{}) << entry.name;
        EXPECT_FALSE(entry.sentence.empty()) << entry.name;
    }
}

// What owners ask for is the machine's state; a policy that another one replaces takes nothing
// along.
TEST(Catalogue, loses_no_hint_when_the_policy_changes) {
    Snapshot seen = fakes::Machine()
                        .owner(1, {.priority = 7})
                        .queue(1)
                        .owner(2)
                        .queue(2)
                        .at(std::chrono::seconds(10));
    seen.owners[1].weight = 300;
    seen.owners[1].deadline = std::chrono::seconds(1);
    seen.owners[1].cost = std::chrono::milliseconds(100);
    for (const CatalogueEntry& entry : catalogue()) {
        const Decision first = entry.make({})->decide(seen);
        for (const CatalogueEntry& other : catalogue()) {
            static_cast<void>(other.make({})->decide(seen));
        }
        EXPECT_EQ(entry.make({})->decide(seen), first) << entry.name;
    }
    const Decision ranked = (*make_policy("fixed-priority"))->decide(seen);
    EXPECT_EQ(ranked.orders.at(0).owners.at(0).rank, 7);
    const Decision reserved = (*make_policy("reserve"))->decide(seen);
    EXPECT_EQ(reserved.orders.at(0).owners.at(1).deadline, std::chrono::seconds(1));
}

TEST(Catalogue, is_sorted_and_names_each_policy_once) {
    const auto out_of_order = std::ranges::adjacent_find(
        catalogue(), std::ranges::greater_equal(), &CatalogueEntry::name);
    EXPECT_EQ(out_of_order, catalogue().end());
}

TEST(Catalogue, names_the_policies_there_are_when_asked_for_another) {
    const auto policy = make_policy("lottery");
    ASSERT_FALSE(policy);
    const std::string sentence = policy.error().message();
    EXPECT_TRUE(sentence.starts_with("there is no policy \"lottery\"; there are: "));
    for (const CatalogueEntry& entry : catalogue()) {
        EXPECT_NE(sentence.find(entry.name), std::string::npos) << entry.name;
    }
}

TEST(Catalogue, suggests_the_policy_that_was_meant) {
    const auto policy = make_policy("fixed-prioritty");
    ASSERT_FALSE(policy);
    EXPECT_TRUE(policy.error().message().starts_with(
        "there is no policy \"fixed-prioritty\"; did you mean fixed-priority? There are: "));
}

// What a policy says it takes is what its decisions depend on, and nothing else is accepted.
TEST(Catalogue, lists_the_settings_that_each_policy_obeys) {
    const Snapshot snapshot = two_owners();
    for (const CatalogueEntry& entry : catalogue()) {
        // Without aging nobody has the turn whose length a quantum is.
        PolicySettings base;
        base.aging = entry.usual.aging ? std::optional<Duration>(50ms) : std::nullopt;
        const Decision usual = (*make_policy(entry.name, base))->decide(snapshot);
        for (const PolicySetting& setting : policy_settings()) {
            const std::string where = std::string(entry.name) + " " + std::string(setting.name);
            const auto own = value_of(setting, entry.usual);
            PolicySettings settings = base;
            ASSERT_TRUE(set_setting(
                setting, other_than(own.value_or(SettingValue(false)), setting), settings));
            const auto made = make_policy(entry.name, settings);
            ASSERT_EQ(made.has_value(), own.has_value()) << where;
            if (made) {
                EXPECT_NE((*made)->decide(snapshot), usual) << where;
            } else {
                EXPECT_TRUE(made.error().message().starts_with(
                    "policy \"" + std::string(entry.name) + "\" does not take " +
                    std::string(setting.name) + ": it takes "))
                    << made.error().message();
            }
        }
    }
}

TEST(Catalogue, tells_the_defaults_that_each_policy_has) {
    const Snapshot snapshot = two_owners();
    for (const CatalogueEntry& entry : catalogue()) {
        const auto spelt_out = make_policy(entry.name, entry.usual);
        ASSERT_TRUE(spelt_out) << entry.name << ": " << spelt_out.error().message();
        EXPECT_EQ((*spelt_out)->decide(snapshot), (*make_policy(entry.name))->decide(snapshot))
            << entry.name;
        EXPECT_EQ(effective(entry, {}), entry.usual) << entry.name;
    }
}

TEST(Catalogue, goes_by_what_is_set_and_else_by_the_defaults) {
    const CatalogueEntry& aging = **find_policy("priority-aging");
    const PolicySettings all = effective(aging, {.settle = 3ms, .patience = 0.1});
    EXPECT_EQ(all, (PolicySettings{.settle = 3ms, .quantum = 5ms, .aging = 500ms}));
}

TEST(Catalogue, says_what_is_out_of_range_by_the_names_it_is_asked_to_use) {
    const CatalogueEntry& share = **find_policy("fair-share");
    EXPECT_EQ(check_settings(share, {.quantum = 2s}).error().message(),
              "QuantumSec: \"2s\" is not a time span from 1ms to 1s");
    EXPECT_EQ(check_settings(share, {.firm = true}, &PolicySetting::bus_name).error().message(),
              "policy \"fair-share\" does not take Firm: it takes SettleUSec, QuantumUSec, Hard");
    EXPECT_EQ(check_settings(**find_policy("observe-only"), {.settle = 1ms}).error().message(),
              "policy \"observe-only\" does not take SettleSec: it takes no settings");
}

TEST(Catalogue, makes_a_hostile_name_printable) {
    const auto policy = make_policy(std::string(500, '\033'));
    ASSERT_FALSE(policy);
    EXPECT_EQ(policy.error().message().find('\033'), std::string::npos);
    EXPECT_LT(policy.error().message().size(), 500U);
}

}  // namespace
}  // namespace penstock
