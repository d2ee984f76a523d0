// SPDX-License-Identifier: Apache-2.0

#include "policies/leases/water_level.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace penstock {
namespace {

using testing::ElementsAre;

std::vector<std::uint64_t> shared(std::vector<Claim> claims, std::uint64_t amount) {
    share_out(claims, amount);
    std::vector<std::uint64_t> shares;
    shares.reserve(claims.size());
    for (const Claim& each : claims) {
        shares.push_back(each.share);
    }
    return shares;
}

TEST(WaterLevel, gives_everybody_what_he_wants_where_it_suffices) {
    EXPECT_THAT(shared({{.most = 10}, {.most = 20}}, 100), ElementsAre(10, 20));
}

TEST(WaterLevel, shares_by_weight_what_does_not_suffice) {
    EXPECT_THAT(shared({{.most = 100, .weight = 1}, {.most = 100, .weight = 3}}, 80),
                ElementsAre(20, 60));
}

TEST(WaterLevel, leaves_to_others_what_one_does_not_want) {
    EXPECT_THAT(shared({{.most = 5}, {.most = 100}, {.most = 100}}, 65), ElementsAre(5, 30, 30));
}

TEST(WaterLevel, never_goes_below_what_is_least) {
    EXPECT_THAT(shared({{.least = 50, .most = 60}, {.most = 100}}, 60), ElementsAre(50, 10));
    EXPECT_THAT(shared({{.least = 50, .most = 60}, {.least = 20, .most = 100}}, 60),
                ElementsAre(50, 20))
        << "even where the amount does not suffice";
}

TEST(WaterLevel, survives_the_largest_numbers) {
    const auto shares =
        shared({{.most = UINT64_MAX, .weight = UINT64_MAX}, {.most = UINT64_MAX}}, UINT64_MAX);
    EXPECT_LE(shares[0], UINT64_MAX - shares[1]);
    EXPECT_THAT(shared({}, 10), ElementsAre());
    EXPECT_THAT(shared({{.most = 10}}, 0), ElementsAre(0));
}

}  // namespace
}  // namespace penstock
