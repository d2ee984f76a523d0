// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/unanswered.h"

#include <gtest/gtest.h>

namespace penstock::gate {
namespace {

TEST(Unanswered, gives_the_oldest_first_round_and_round) {
    Unanswered orders;
    std::uint32_t expected = 1;
    for (std::uint32_t serial = 1; serial <= 1000; ++serial) {
        orders.push({.serial = serial});
        if (serial % 3 != 0) {
            EXPECT_EQ(orders.oldest().serial, expected++);
            orders.pop();
        }
        while (orders.full()) {
            EXPECT_EQ(orders.oldest().serial, expected++);
            orders.pop();
        }
    }
}

TEST(Unanswered, is_full_at_its_limit) {
    Unanswered orders;
    EXPECT_TRUE(orders.empty());
    for (std::size_t i = 0; i < Unanswered::most; ++i) {
        EXPECT_FALSE(orders.full());
        orders.push({});
    }
    EXPECT_TRUE(orders.full());
}

}  // namespace
}  // namespace penstock::gate
