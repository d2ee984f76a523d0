// SPDX-License-Identifier: Apache-2.0

#include "policies/budget_watch.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

using namespace std::chrono_literals;

constexpr Budget rule{.amount = 30ms, .period = 100ms};

// Runs whenever its budget is open; returns how much it was served.
Duration served_of(const Budget& budget, Duration time) {
    BudgetWatch watch;
    Duration served{};
    TimePoint now{1s};
    watch.look(budget, now, served);
    for (const TimePoint end = now + time; now < end;) {
        now += 1ms;
        served += watch.open() ? 1ms : 0ms;
        watch.look(budget, now, served);
    }
    return served;
}

TEST(BudgetWatch, is_the_amount_of_each_period) {
    EXPECT_NEAR(static_cast<double>(served_of(rule, 10s) / 1ms), 3000, 35);
}

TEST(BudgetWatch, holds_no_more_than_the_amount_after_idling) {
    BudgetWatch watch;
    watch.look(rule, TimePoint(1s), 0ms);
    watch.look(rule, TimePoint(100s), 0ms);
    EXPECT_TRUE(watch.open());
    EXPECT_LE(watch.next_look(rule), rule.amount);
    watch.look(rule, TimePoint(100s + 1us), 30ms);
    EXPECT_FALSE(watch.open());
}

TEST(BudgetWatch, opens_again_with_a_quarter) {
    BudgetWatch watch;
    watch.look(rule, TimePoint(100s), 0ms);
    watch.look(rule, TimePoint(100s + 200ms), 0ms);
    watch.look(rule, TimePoint(100s + 200ms), 30ms);
    ASSERT_FALSE(watch.open());
    EXPECT_NEAR(static_cast<double>(watch.next_look(rule) / 1us), 25'000, 1);
    watch.look(rule, TimePoint(100s + 224ms), 30ms);
    EXPECT_FALSE(watch.open());
    watch.look(rule, TimePoint(100s + 226ms), 30ms);
    EXPECT_TRUE(watch.open());
}

TEST(BudgetWatch, owes_no_more_than_the_amount) {
    BudgetWatch watch;
    watch.look(rule, TimePoint(1s), 0ms);
    watch.look(rule, TimePoint(1s + 1us), 1h);
    watch.look(rule, TimePoint(1s + 130ms), 1h);
    EXPECT_TRUE(watch.open());
}

TEST(BudgetWatch, never_looks_without_a_pause) {
    BudgetWatch watch;
    for (const Budget& odd : {Budget{.amount = 1ns, .period = 1h},
                              Budget{.amount = 1h, .period = 1h},
                              Budget{.amount = 1ns, .period = 1ns}}) {
        watch.look(odd, TimePoint(5s), 0ms);
        EXPECT_GE(watch.next_look(odd), 100us);
        watch.look(odd, TimePoint(6s), 1s);
        EXPECT_GE(watch.next_look(odd), 100us);
    }
}

}  // namespace
}  // namespace penstock
