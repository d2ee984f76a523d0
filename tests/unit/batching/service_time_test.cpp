// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/service_time.h"

#include <gtest/gtest.h>

#include "policies/batching/rounding.h"

namespace penstock::batching {
namespace {

using Kind = ServiceTime::Kind;

TEST(ServiceTime, of_one_request_is_a_constant_and_so_much_for_each_token) {
    const ServiceTime seed;
    EXPECT_EQ(seed.batch_ns(1, 100), 30'000'000);
    EXPECT_EQ(seed.batch_ns(1, 1), 10'200'000);
}

TEST(ServiceTime, of_the_seed_saturates_as_the_batch_grows) {
    const ServiceTime seed{.alpha = 0, .beta = 0.001, .gamma = 0.5};
    EXPECT_EQ(seed.batch_ns(1, 1000), 1'000'000'000);
    EXPECT_EQ(seed.batch_ns(2, 1000), 1'250'000'000);
    EXPECT_EQ(seed.batch_ns(4, 1000), 1'375'000'000);
    EXPECT_LT(seed.batch_ns(1U << 20U, 1000), 1'500'000'000);
}

TEST(ServiceTime, that_is_linear_grows_with_each_member) {
    const ServiceTime linear{
        .kind = Kind::linear, .alpha = 0.5, .beta = 0.25, .gamma = 9, .beta_b = 0.125};
    EXPECT_EQ(linear.batch_ns(1, 4), 2'000'000'000);
    EXPECT_EQ(linear.batch_ns(2, 4), 2'500'000'000);
    EXPECT_EQ(linear.batch_ns(10, 4), 6'500'000'000);
}

TEST(ServiceTime, of_an_iteration_is_that_of_one_token_without_the_constant) {
    const ServiceTime seed{.alpha = 3, .beta = 0.001, .gamma = 0.5};
    EXPECT_EQ(seed.step_ns(1), 1'000'000);
    EXPECT_EQ(seed.step_ns(2), 1'250'000);
    EXPECT_EQ(seed.cold_start_ns(), 3'000'000'000);
    const ServiceTime linear{.kind = Kind::linear, .alpha = 0, .beta = 0.5, .beta_b = 0.25};
    EXPECT_EQ(linear.step_ns(2), 1'000'000'000);
}

TEST(ServiceTime, is_never_nothing) {
    const ServiceTime nothing{.alpha = 0, .beta = 0, .gamma = 0};
    EXPECT_EQ(nothing.batch_ns(1, 1), 1);
    EXPECT_EQ(nothing.step_ns(1), 1);
    EXPECT_EQ(nothing.cold_start_ns(), 0);
    EXPECT_EQ(ChunkedStepTime{}.step_ns(0, 0), 1);
}

TEST(ChunkedStepTime, takes_the_weights_or_the_tokens_whichever_is_longer) {
    const ChunkedStepTime step{
        .constant = 0.001, .weights = 0.01, .per_token = 0.0001, .per_cached_token = 0.00001};
    EXPECT_EQ(step.step_ns(1, 0), 11'000'000);
    EXPECT_EQ(step.step_ns(100, 0), 11'000'000);
    EXPECT_EQ(step.step_ns(200, 0), 21'000'000);
    EXPECT_EQ(step.step_ns(1, 500), 16'000'000);
}

TEST(Rounding, is_to_the_nearest_and_up_from_the_middle) {
    EXPECT_EQ(rounded(0), 0);
    EXPECT_EQ(rounded(0.49), 0);
    EXPECT_EQ(rounded(0.5), 1);
    EXPECT_EQ(rounded(1.5), 2);
    EXPECT_EQ(rounded(2.4999), 2);
    EXPECT_EQ(nanoseconds(0.05), 50'000'000);
}

TEST(Rounding, ends_where_two_sums_would_overflow) {
    EXPECT_EQ(rounded(1e300), longest_ns);
    EXPECT_GT(longest_ns + longest_ns, longest_ns);
}

}  // namespace
}  // namespace penstock::batching
