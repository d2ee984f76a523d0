// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/slot_pool.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(SlotPool, hands_out_each_slot_once) {
    SlotPool pool(3);
    EXPECT_EQ(pool.take(), 0U);
    EXPECT_EQ(pool.take(), 1U);
    EXPECT_EQ(pool.take(), 2U);
    EXPECT_EQ(pool.take(), std::nullopt);
}

TEST(SlotPool, prefers_the_slot_that_has_been_free_for_longest) {
    SlotPool pool(3);
    static_cast<void>(pool.take());
    pool.give_back(0);
    EXPECT_EQ(pool.take(), 1U);
    EXPECT_EQ(pool.take(), 2U);
    EXPECT_EQ(pool.take(), 0U);
}

TEST(SlotPool, ignores_slots_that_are_not_taken_or_do_not_exist) {
    SlotPool pool(2);
    pool.give_back(1);
    pool.give_back(7);
    EXPECT_EQ(pool.take(), 0U);
    pool.give_back(0);
    pool.give_back(0);
    EXPECT_EQ(pool.take(), 1U);
    EXPECT_EQ(pool.take(), 0U);
    EXPECT_EQ(pool.take(), std::nullopt);
}

TEST(SlotPool, knows_what_is_taken) {
    SlotPool pool(2);
    EXPECT_FALSE(pool.is_taken(0));
    static_cast<void>(pool.take());
    EXPECT_TRUE(pool.is_taken(0));
    EXPECT_FALSE(pool.is_taken(1));
    EXPECT_FALSE(pool.is_taken(2));
}

}  // namespace
}  // namespace penstock
