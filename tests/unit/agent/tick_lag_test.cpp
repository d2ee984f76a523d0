// SPDX-License-Identifier: Apache-2.0

#include "agent/tick_lag.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

using namespace std::chrono_literals;

TEST(TickLag, is_nothing_before_the_first_round) {
    EXPECT_EQ(TickLag().figures().most, 0ns);
}

TEST(TickLag, is_told_by_rank) {
    TickLag lag;
    for (int i = 100; i >= 1; --i) {
        lag.note(i * 1us);
    }
    EXPECT_EQ(lag.figures().median, 50us);
    EXPECT_EQ(lag.figures().p99, 99us);
    EXPECT_EQ(lag.figures().most, 100us);
}

TEST(TickLag, is_that_of_the_last_rounds) {
    TickLag lag;
    lag.note(1s);
    for (std::size_t i = 0; i < TickLag::rounds; ++i) {
        lag.note(1us);
    }
    EXPECT_EQ(lag.figures().most, 1us);
}

}  // namespace
}  // namespace penstock
