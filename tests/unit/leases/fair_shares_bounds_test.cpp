// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/leases/fair_shares.h"

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr LeasePool pool{.number = 3};
constexpr std::uint64_t mega = 1'000'000;

// In megabytes per second, as all numbers here: shares are multiples of their weights.
Lease held(LeaseClass lease_class, std::uint64_t want, std::uint64_t promise = 0) {
    return {.wish = {.pool = pool, .lease_class = lease_class, .want = want * mega},
            .held = true,
            .promise = promise * mega};
}

std::vector<std::uint64_t> shares(const std::vector<Lease>& all, std::uint64_t amount) {
    std::vector<std::uint64_t> shares = fair_shares(all, pool, amount * mega);
    for (std::uint64_t& each : shares) {
        EXPECT_EQ(each % mega, 0U);
        each /= mega;
    }
    return shares;
}

TEST(FairSharesInDoubt, of_nobody_are_none) {
    EXPECT_THAT(shares({}, 100), IsEmpty());
}

TEST(FairSharesInDoubt, are_nothing_for_those_who_wait_or_are_elsewhere) {
    std::vector<Lease> all(3, held(LeaseClass::normal, 100));
    all[0].held = false;
    all[1].wish.pool = {.number = 4};
    EXPECT_THAT(shares(all, 60), ElementsAre(0, 0, 60));
}

TEST(FairSharesInDoubt, of_a_normal_lease_are_twice_a_stream_s_and_four_times_a_background_s) {
    const std::vector<Lease> all{held(LeaseClass::background, 1000),
                                 held(LeaseClass::stream, 1000),
                                 held(LeaseClass::normal, 1000)};
    EXPECT_THAT(shares(all, 1400), ElementsAre(200, 400, 800));
}

TEST(FairSharesInDoubt, grow_with_the_weight_within_a_class) {
    std::vector<Lease> all(2, held(LeaseClass::stream, 1000));
    all[1].wish.weight = 300;
    EXPECT_THAT(shares(all, 800), ElementsAre(200, 600));
}

TEST(FairSharesInDoubt, of_critical_leases_come_first_but_for_what_is_promised) {
    const std::vector<Lease> all{held(LeaseClass::background, 500, 30),
                                 held(LeaseClass::critical, 90),
                                 held(LeaseClass::normal, 500, 20)};
    EXPECT_THAT(shares(all, 100), ElementsAre(30, 50, 20));
    EXPECT_THAT(shares(all, 140), ElementsAre(30, 90, 20));
    EXPECT_THAT(shares(all, 190), ElementsAre(30, 90, 70)) << "30 are promised";
}

TEST(FairSharesInDoubt, of_critical_leases_among_themselves_go_by_weight) {
    std::vector<Lease> all(2, held(LeaseClass::critical, 1000));
    all[0].wish.weight = 10'000;
    all[1].wish.weight = 5'000;
    EXPECT_THAT(shares(all, 90), ElementsAre(60, 30));
}

TEST(FairSharesInDoubt, never_go_below_promises_even_where_these_are_too_many) {
    const std::vector<Lease> all{held(LeaseClass::normal, 80, 70),
                                 held(LeaseClass::critical, 80, 60)};
    EXPECT_THAT(shares(all, 100), ElementsAre(70, 60));
    EXPECT_THAT(shares(all, 0), ElementsAre(70, 60));
}

TEST(FairSharesInDoubt, never_go_beyond_what_is_wanted) {
    const std::vector<Lease> all{held(LeaseClass::normal, 10), held(LeaseClass::critical, 20)};
    EXPECT_THAT(shares(all, UINT64_MAX / mega), ElementsAre(10, 20));
}

TEST(FairSharesInDoubt, are_a_promise_that_is_more_than_was_wanted) {
    // The pool became smaller, or an exclusive lease became an ordinary one.
    const std::vector<Lease> all{held(LeaseClass::normal, 10, 40)};
    EXPECT_THAT(shares(all, 100), ElementsAre(40));
}

TEST(FairSharesInDoubt, leave_a_quarter_more_than_what_is_used) {
    std::vector<Lease> all(2, held(LeaseClass::normal, 1000));
    all[0].use.note(80 * mega);
    EXPECT_THAT(shares(all, 1000), ElementsAre(100, 900));
    all[0].promise = 300 * mega;
    EXPECT_THAT(shares(all, 1000), ElementsAre(300, 700)) << "the promise stays";
    all[0].use.note(2000 * mega);
    EXPECT_THAT(shares(all, 1000), ElementsAre(500, 500)) << "it is used again";
}

TEST(FairSharesInDoubt, are_all_at_once_for_a_critical_lease_that_outgrows_its_forecast) {
    std::vector<Lease> all{held(LeaseClass::critical, 1000), held(LeaseClass::normal, 1000)};
    all[0].use.note(80 * mega);
    all[0].granted = 100 * mega;
    EXPECT_THAT(shares(all, 1000), ElementsAre(100, 900));
    all[0].use.note(90 * mega);  // Nine tenths of what it has.
    EXPECT_THAT(shares(all, 1000), ElementsAre(1000, 0));
}

TEST(UseForecast, knows_nothing_before_it_was_told) {
    EXPECT_EQ(UseForecast().next(), std::nullopt);
    EXPECT_EQ(UseForecast().last(), std::nullopt);
}

TEST(UseForecast, believes_a_rise_at_once_and_a_fall_as_it_lasts) {
    UseForecast use;
    use.note(100);
    EXPECT_EQ(use.next(), 100U);
    use.note(800);
    EXPECT_EQ(use.next(), 800U);
    use.note(0);
    EXPECT_EQ(use.last(), 0U);
    EXPECT_EQ(use.next(), 225U);
    use.note(0);
    EXPECT_EQ(use.next(), 112U);
    for (int again = 0; again < 64; ++again) {
        use.note(0);
    }
    EXPECT_EQ(use.next(), 0U);
}

TEST(UseForecast, has_room_for_the_largest_rates) {
    UseForecast use;
    use.note(UINT64_MAX);
    use.note(UINT64_MAX);
    EXPECT_EQ(use.next(), UINT64_MAX);
}

}  // namespace
}  // namespace penstock
