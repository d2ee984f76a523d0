// SPDX-License-Identifier: Apache-2.0

#include "policies/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/fakes/machine.h"

namespace penstock {
namespace {

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

TEST(Catalogue, makes_a_hostile_name_printable) {
    const auto policy = make_policy(std::string(500, '\033'));
    ASSERT_FALSE(policy);
    EXPECT_EQ(policy.error().message().find('\033'), std::string::npos);
    EXPECT_LT(policy.error().message().size(), 500U);
}

}  // namespace
}  // namespace penstock
