// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/authorize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::dbus {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t agent = 990;
constexpr std::uint32_t owner = 1000;
constexpr std::uint32_t stranger = 1001;

Credentials user(std::uint32_t uid) {
    return {.euid = uid, .augmented = false};
}

Wish priority(std::int32_t present, std::int32_t wanted) {
    return {.change = Change::priority, .process_uid = owner, .present = present, .wanted = wanted};
}

TEST(Authorize, lets_root_and_the_agent_s_user_change_anything) {
    for (const std::uint32_t uid : {std::uint32_t{0}, agent}) {
        EXPECT_TRUE(authorize(user(uid), agent, {.change = Change::agent}));
        EXPECT_TRUE(authorize(user(uid), agent, {.change = Change::suspension}));
        EXPECT_TRUE(authorize(user(uid), agent, priority(0, 20)));
    }
}

TEST(Authorize, lets_an_owner_lower_but_not_raise) {
    EXPECT_TRUE(authorize(user(owner), agent, priority(5, 4)));
    EXPECT_TRUE(authorize(user(owner), agent, priority(5, 5)));
    const Answer<> refused = authorize(user(owner), agent, priority(5, 6));
    ASSERT_FALSE(refused);
    EXPECT_STREQ(refused.error().name, error::access_denied);
    EXPECT_THAT(refused.error().sentence, HasSubstr("6 is above the present 5"));
}

TEST(Authorize, keeps_strangers_from_other_users_processes) {
    const Answer<> refused = authorize(user(stranger), agent, priority(5, 4));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().sentence, HasSubstr("only root and uid 990 may"));
    EXPECT_THAT(refused.error().sentence, HasSubstr("came from uid 1001"));
    EXPECT_THAT(authorize(user(stranger), 0, priority(5, 4)).error().sentence,
                HasSubstr("only root may change the priority of another user's process;"));
}

TEST(Authorize, keeps_owners_from_everything_else) {
    EXPECT_FALSE(
        authorize(user(owner), agent, {.change = Change::suspension, .process_uid = owner}));
    EXPECT_FALSE(authorize(user(owner), agent, {.change = Change::agent, .process_uid = owner}));
}

TEST(Authorize, does_not_believe_credentials_read_from_proc) {
    const Credentials guessed{.euid = 0, .augmented = true};
    EXPECT_FALSE(authorize(guessed, agent, {.change = Change::agent}));
    EXPECT_FALSE(authorize(Credentials{}, agent, {.change = Change::agent}));
}

}  // namespace
}  // namespace penstock::dbus
