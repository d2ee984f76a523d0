// SPDX-License-Identifier: Apache-2.0

#include "policies/leases/fair_shares.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock {
namespace {

using testing::ElementsAre;

constexpr LeasePool pool{.number = 3};

// Shares are exact to a few thousand bytes per second.
constexpr std::uint64_t mega = 1'000'000;

Lease held(LeaseClass lease_class, std::uint64_t want, std::uint64_t promise) {
    return {.wish = {.pool = pool, .lease_class = lease_class, .want = want * mega},
            .held = true,
            .promise = promise * mega,
            .granted = promise * mega};
}

Lease using_only(Lease lease, std::uint64_t rate) {
    lease.use.note(rate * mega);
    return lease;
}

TEST(FairShares, count_a_normal_lease_as_two_streams_and_four_in_the_background) {
    EXPECT_THAT(fair_shares(std::vector{held(LeaseClass::normal, 2000, 0),
                                        held(LeaseClass::stream, 1000, 0),
                                        held(LeaseClass::background, 1000, 0)},
                            pool,
                            2800 * mega),
                ElementsAre(1600 * mega, 800 * mega, 400 * mega));
}

TEST(FairShares, serve_critical_leases_first_but_for_what_others_are_promised) {
    EXPECT_THAT(fair_shares(std::vector{held(LeaseClass::critical, 900, 100),
                                        held(LeaseClass::normal, 900, 300)},
                            pool,
                            1000 * mega),
                ElementsAre(700 * mega, 300 * mega));
}

TEST(FairShares, leave_who_uses_little_a_quarter_more_than_that_and_its_promise) {
    const Lease modest = using_only(held(LeaseClass::normal, 900, 100), 400);
    EXPECT_THAT(
        fair_shares(std::vector{modest, held(LeaseClass::normal, 900, 0)}, pool, 1000 * mega),
        ElementsAre(500 * mega, 500 * mega));
    const Lease idle = using_only(held(LeaseClass::normal, 900, 100), 0);
    EXPECT_THAT(fair_shares(std::vector{idle, held(LeaseClass::normal, 900, 0)}, pool, 1000 * mega),
                ElementsAre(100 * mega, 900 * mega));
}

TEST(FairShares, believe_rising_use_at_once_and_falling_use_as_it_lasts) {
    Lease lease = held(LeaseClass::normal, 1000, 0);
    lease.use.note(100);
    lease.use.note(400);
    EXPECT_EQ(lease.use.next(), 400U);
    lease.use.note(0);
    EXPECT_EQ(lease.use.next(), 125U);
    lease.use.note(0);
    EXPECT_EQ(lease.use.next(), 62U);
}

TEST(FairShares, are_of_one_pool_and_of_those_that_are_held) {
    Lease elsewhere = held(LeaseClass::normal, 900, 0);
    elsewhere.wish.pool.number = 4;
    Lease waiting = held(LeaseClass::normal, 900, 0);
    waiting.held = false;
    EXPECT_THAT(fair_shares(std::vector{elsewhere, waiting, held(LeaseClass::background, 900, 0)},
                            pool,
                            1000 * mega),
                ElementsAre(0, 0, 900 * mega));
}

TEST(FairShares, keep_promises_that_do_not_fit) {
    EXPECT_THAT(fair_shares(std::vector{held(LeaseClass::critical, 900, 600),
                                        held(LeaseClass::normal, 900, 700)},
                            pool,
                            1000 * mega),
                ElementsAre(600 * mega, 700 * mega));
}

}  // namespace
}  // namespace penstock
