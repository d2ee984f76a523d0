// SPDX-License-Identifier: Apache-2.0

#include "policies/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>

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
