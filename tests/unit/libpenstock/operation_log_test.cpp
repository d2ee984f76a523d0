// SPDX-License-Identifier: Apache-2.0

#include "client/libpenstock/operation_log.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace penstock::client {
namespace {

TEST(OperationLog, has_buckets_an_eighth_wide_for_every_length) {
    std::size_t former = 0;
    for (std::uint64_t ticks = 1; ticks < (std::uint64_t{1} << 62); ticks += 1 + (ticks / 16)) {
        const std::size_t bucket = OperationLog::bucket_of(ticks);
        ASSERT_GE(bucket, former);
        ASSERT_LE(bucket, former + 1);
        const double middle = OperationLog::middle_of(bucket);
        ASSERT_NEAR(middle / static_cast<double>(ticks), 1, 0.07) << ticks;
        former = bucket;
    }
    EXPECT_LT(OperationLog::bucket_of(UINT64_MAX), OperationLog::buckets);
}

TEST(OperationLog, has_no_figures_without_operations) {
    const OperationLog log;
    EXPECT_EQ(log.figures().count, 0U);
    EXPECT_EQ(log.figures().mean, Duration::zero());
    EXPECT_EQ(log.figures().p99, Duration::zero());
}

TEST(OperationLog, tells_a_mean_and_what_all_but_one_in_a_hundred_take) {
    OperationLog log;
    for (int each = 0; each < 990; ++each) {
        log.ended(1'000'000);
    }
    for (int each = 0; each < 10; ++each) {
        log.ended(100'000'000);
    }
    const OperationLog::Figures most = log.figures();
    EXPECT_EQ(most.count, 1000U);
    // In ticks, whatever they are: 1.99 million on average.
    const double ratio =
        static_cast<double>(most.mean.count()) / static_cast<double>(most.p99.count());
    EXPECT_NEAR(ratio, 1.99, 0.15);
    log.ended(100'000'000);
    const OperationLog::Figures more = log.figures();
    EXPECT_GT(more.p99, 40 * more.mean) << "eleven of 1001 are more than one in a hundred";
}

TEST(OperationLog, loses_nothing_to_threads) {
    OperationLog log;
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int each = 0; each < 4; ++each) {
        threads.emplace_back([&] {
            for (int operation = 0; operation < 10'000; ++operation) {
                log.ended(static_cast<std::uint64_t>(operation));
            }
            log.waited(std::chrono::milliseconds(1));
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(log.figures().count, 40'000U);
    EXPECT_EQ(log.figures().waits, 4U);
    EXPECT_EQ(log.figures().waited, std::chrono::milliseconds(4));
}

TEST(OperationLog, counts_ticks_that_never_go_back) {
    std::uint64_t former = ticks_now();
    for (int each = 0; each < 1000; ++each) {
        const std::uint64_t now = ticks_now();
        ASSERT_GE(now, former);
        former = now;
    }
}

}  // namespace
}  // namespace penstock::client
