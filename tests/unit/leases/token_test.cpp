// SPDX-License-Identifier: Apache-2.0

#include "policies/leases/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace penstock {
namespace {

using testing::HasSubstr;

Sample<double> measured(double gain) {
    return {.value = gain, .source = "measured 2026-11-28"};
}

TEST(Token, is_allowed_only_below_the_gain_of_sharing) {
    EXPECT_TRUE(token_allowed(measured(0.6)));
    EXPECT_TRUE(token_allowed(measured(std::nextafter(1.2, 0))));
    EXPECT_FALSE(token_allowed(measured(1.2)));
    EXPECT_FALSE(token_allowed(measured(1.9)));
}

TEST(Token, is_not_allowed_where_nobody_knows) {
    const Sample<double> unknown{.source = "not calibrated"};
    EXPECT_FALSE(token_allowed(unknown));
    EXPECT_EQ(token_verdict(unknown), "nobody knows what cores at once lose there: not calibrated");
}

TEST(Token, is_not_allowed_by_a_gain_that_can_not_be) {
    using limits = std::numeric_limits<double>;
    for (const double wrong : {limits::quiet_NaN(), -limits::infinity(), -1.0, 0.0}) {
        EXPECT_FALSE(token_allowed(measured(wrong))) << wrong;
        EXPECT_THAT(token_verdict(measured(wrong)), HasSubstr("can not move ")) << wrong;
    }
    EXPECT_FALSE(token_allowed(measured(limits::infinity())));
    EXPECT_THAT(token_verdict(measured(limits::infinity())), HasSubstr("can not move inf times"));
    EXPECT_THAT(token_verdict(measured(limits::max())),
                HasSubstr("move 1000000.00 times what one does"));
}

TEST(Token, is_refused_with_what_it_would_lose) {
    EXPECT_EQ(
        token_verdict(measured(1.9)),
        "cores at once move 1.90 times what one does (measured 2026-11-28), and a token would "
        "lose 47 % of that");
    EXPECT_EQ(
        token_verdict(measured(1.2)),
        "cores at once move 1.20 times what one does (measured 2026-11-28), and a token would "
        "lose 17 % of that");
}

TEST(Token, is_granted_with_a_gain_that_is_not_rounded_up) {
    EXPECT_EQ(token_verdict(measured(1.1999)),
              "cores at once move 1.19 times what one does (measured 2026-11-28): a token may be "
              "granted");
    EXPECT_THAT(token_verdict(measured(0.05)), HasSubstr("move 0.05 times"));
}

}  // namespace
}  // namespace penstock
