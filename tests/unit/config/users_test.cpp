// SPDX-License-Identifier: Apache-2.0

#include "agent/config/users.h"

#include <gtest/gtest.h>

namespace penstock::config {
namespace {

// root is in every Debian, alone in a group of its own name.
TEST(Users, are_known_by_name) {
    EXPECT_EQ(uid_of_user("root"), 0U);
    EXPECT_EQ(uid_of_user("nobody-has-this-name"), std::nullopt);
}

TEST(Users, belong_to_their_own_group_and_to_no_unknown_one) {
    EXPECT_TRUE(is_member(0, "root"));
    EXPECT_FALSE(is_member(0, "nobody-has-this-name"));
    EXPECT_FALSE(is_member(0, "nogroup"));
    EXPECT_FALSE(is_member(4'000'000, "root"));
}

}  // namespace
}  // namespace penstock::config
