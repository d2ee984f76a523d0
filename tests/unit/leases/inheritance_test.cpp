// SPDX-License-Identifier: Apache-2.0

#include "policies/leases/inheritance.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

// In a chain, each party holds the pool of its number alone and waits for the one before.
Lease of(std::uint32_t pid, std::uint32_t pool, bool held, LeaseClass lease_class) {
    return {.wish = {.pool = {.number = pool},
                     .party = {.uid = 1000, .pid = pid},
                     .lease_class = lease_class,
                     .exclusive = held},
            .held = held};
}

std::vector<Lease> chain(std::uint32_t length) {
    std::vector<Lease> all;
    for (std::uint32_t i = 1; i <= length; ++i) {
        all.push_back(of(i, i, true, LeaseClass::background));
        all.push_back(of(i + 1, i, false, LeaseClass::background));
    }
    all.back().wish.lease_class = LeaseClass::critical;
    return all;
}

TEST(Inheritance, makes_who_holds_a_pool_alone_as_urgent_as_who_waits_for_it) {
    const std::vector<Lease> all{of(1, 1, true, LeaseClass::background),
                                 of(1, 2, false, LeaseClass::background),
                                 of(2, 1, false, LeaseClass::critical)};
    const auto classes = effective_classes(all);
    EXPECT_EQ(classes[0], LeaseClass::critical);
    EXPECT_EQ(classes[1], LeaseClass::critical) << "wherever it waits itself";
}

TEST(Inheritance, takes_nothing_from_those_who_share_a_pool) {
    std::vector<Lease> all{of(1, 1, true, LeaseClass::background),
                           of(2, 1, false, LeaseClass::critical)};
    all[0].wish.exclusive = false;
    EXPECT_EQ(effective_classes(all)[0], LeaseClass::background);
}

TEST(Inheritance, makes_nobody_less_urgent) {
    const std::vector<Lease> all{of(1, 1, true, LeaseClass::normal),
                                 of(2, 1, false, LeaseClass::background)};
    EXPECT_EQ(effective_classes(all)[0], LeaseClass::normal);
}

TEST(Inheritance, follows_a_chain_to_its_end) {
    EXPECT_EQ(effective_classes(chain(deepest_inheritance))[0], LeaseClass::critical);
}

TEST(Inheritance, ends_at_the_depth_that_is_stated) {
    // Written so that each round reaches one party further down.
    EXPECT_EQ(effective_classes(chain(deepest_inheritance + 1))[0], LeaseClass::background);
}

TEST(Inheritance, ends_with_the_lease_that_others_wait_for) {
    std::vector<Lease> all{of(1, 1, true, LeaseClass::background),
                           of(1, 2, true, LeaseClass::background),
                           of(2, 1, false, LeaseClass::critical)};
    EXPECT_EQ(effective_classes(all)[1], LeaseClass::critical);
    all.erase(all.begin());
    EXPECT_EQ(effective_classes(all)[0], LeaseClass::background) << "nobody waits for it any more";
}

TEST(Inheritance, ends_when_the_waiter_has_left) {
    std::vector<Lease> all{of(1, 1, true, LeaseClass::background),
                           of(2, 1, false, LeaseClass::normal),
                           of(3, 1, false, LeaseClass::critical)};
    EXPECT_EQ(effective_classes(all)[0], LeaseClass::critical);
    all.pop_back();
    EXPECT_EQ(effective_classes(all)[0], LeaseClass::normal) << "the best of those who remain";
}

TEST(Inheritance, is_of_one_party_and_no_other_of_its_user) {
    const std::vector<Lease> all{of(1, 1, true, LeaseClass::background),
                                 of(3, 2, false, LeaseClass::background),
                                 of(2, 1, false, LeaseClass::critical)};
    EXPECT_EQ(effective_classes(all)[1], LeaseClass::background);
}

TEST(Inheritance, tells_users_with_the_same_pid_apart) {
    std::vector<Lease> all{of(1, 1, true, LeaseClass::background),
                           of(1, 2, false, LeaseClass::background),
                           of(2, 1, false, LeaseClass::critical)};
    all[1].wish.party.uid = 1001;  // As in another container.
    const auto classes = effective_classes(all);
    EXPECT_EQ(classes[0], LeaseClass::critical);
    EXPECT_EQ(classes[1], LeaseClass::background);
}

TEST(Inheritance, is_not_for_whom_nobody_knows) {
    const std::vector<Lease> all{of(0, 1, true, LeaseClass::background),
                                 of(2, 1, false, LeaseClass::critical)};
    EXPECT_EQ(effective_classes(all)[0], LeaseClass::background) << "pid 0 may be anybody";
}

TEST(Inheritance, does_not_come_from_oneself) {
    std::vector<Lease> all{of(1, 1, true, LeaseClass::background),
                           of(1, 1, false, LeaseClass::critical)};
    EXPECT_EQ(effective_classes(all)[0], LeaseClass::background);
}

TEST(Inheritance, ends_where_parties_wait_in_a_circle) {
    const std::vector<Lease> all{of(1, 1, true, LeaseClass::background),
                                 of(2, 1, false, LeaseClass::stream),
                                 of(2, 2, true, LeaseClass::stream),
                                 of(1, 2, false, LeaseClass::background)};
    EXPECT_EQ(effective_classes(all)[0], LeaseClass::stream);
}

}  // namespace
}  // namespace penstock
