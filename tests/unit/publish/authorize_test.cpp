// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/authorize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "agent/publish/senders.h"

namespace penstock::dbus {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t agent = 990;
constexpr std::uint32_t owner = 1000;
constexpr Sender stranger{.uid = 1001};

Wish terms(std::string raise) {
    return {.access = Access::priority, .process_uid = owner, .raise = std::move(raise)};
}

const Wish lower = terms("");
const Wish higher = terms("priority 6 is above the present 5");

TEST(Authorize, lets_the_trusted_change_anything) {
    const Sender trusted{.uid = 0, .trusted = true};
    EXPECT_TRUE(may(trusted, {.access = Access::manage}));
    EXPECT_TRUE(may(trusted, {.access = Access::preempt}));
    EXPECT_TRUE(may(trusted, higher));
}

TEST(Authorize, lets_an_owner_lower_but_not_raise) {
    EXPECT_TRUE(may({.uid = owner}, lower));
    EXPECT_FALSE(may({.uid = owner}, higher));
    const Refusal refusal = refuse({.uid = owner}, agent, higher).error();
    EXPECT_STREQ(refusal.name, error::access_denied);
    EXPECT_THAT(refusal.sentence, HasSubstr("may lower it, but priority 6 is above the present 5"));
}

TEST(Authorize, keeps_strangers_from_other_users_processes) {
    EXPECT_FALSE(may(stranger, lower));
    const Refusal refusal = refuse(stranger, agent, lower).error();
    EXPECT_THAT(refusal.sentence, HasSubstr("only root and uid 990, and whom polkit lets, may"));
    EXPECT_THAT(refusal.sentence, HasSubstr("came from uid 1001"));
    EXPECT_THAT(refuse(stranger, 0, lower).error().sentence,
                HasSubstr("only root, and whom polkit lets, may change on what terms another"));
}

TEST(Authorize, keeps_owners_from_everything_else) {
    EXPECT_FALSE(may({.uid = owner}, {.access = Access::preempt, .process_uid = owner}));
    EXPECT_FALSE(may({.uid = owner}, {.access = Access::manage, .process_uid = owner}));
}

// A program with another user's rights is nobody's: not even uid 0 in a field left empty.
TEST(Authorize, knows_no_owner_of_a_process_with_several_users) {
    Wish wish = lower;
    wish.process_uid.reset();
    EXPECT_FALSE(may({.uid = owner}, wish));
    EXPECT_FALSE(may({.uid = 0}, wish));
}

TEST(Authorize, leaves_more_than_a_user_s_part_of_a_bandwidth_to_polkit) {
    const Wish large{.access = Access::lease, .raise = "uid 1001 may have 5"};
    EXPECT_TRUE(may({.uid = 0, .trusted = true}, large));
    EXPECT_FALSE(may(stranger, large));
    const Refusal refusal = refuse(stranger, agent, large).error();
    EXPECT_STREQ(refusal.name, error::lease_budget_exceeded);
    EXPECT_EQ(refusal.sentence, "uid 1001 may have 5 without root's or polkit's consent");
}

TEST(Authorize, lets_everybody_read) {
    EXPECT_TRUE(may(stranger, {.access = Access::everybody}));
}

TEST(Senders, are_not_believed_by_what_was_read_from_proc) {
    EXPECT_FALSE(uid_from({.known = true, .euid = 0, .augmented = true}));
    EXPECT_FALSE(uid_from({}));
    EXPECT_EQ(uid_from({.known = true, .euid = 7, .augmented = false}), 7U);
}

}  // namespace
}  // namespace penstock::dbus
