// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/launch_limit.h"

#include <gtest/gtest.h>

#include <array>

#include "kmod-helpers/workload/signal_window.h"

namespace penstock::workload {
namespace {

TEST(LaunchLimit, lets_everything_through_without_a_limit) {
    LaunchLimit launches;
    launches.submitted(4);
    EXPECT_EQ(launches.allowed(0), 4U);
    launches.launched(4);
    EXPECT_EQ(launches.allowed(0), 0U);
    EXPECT_EQ(launches.waiting(), 0U);
}

TEST(LaunchLimit, keeps_so_many_in_flight_and_no_more) {
    LaunchLimit launches;
    launches.limit(3);
    launches.submitted(10);
    EXPECT_EQ(launches.allowed(0), 3U);
    launches.launched(3);
    EXPECT_EQ(launches.allowed(0), 0U);
    EXPECT_EQ(launches.allowed(1), 1U);
    launches.launched(1);
    EXPECT_EQ(launches.allowed(4), 3U);
    EXPECT_EQ(launches.waiting(), 6U);
}

TEST(LaunchLimit, that_comes_late_waits_until_the_device_has_caught_up) {
    LaunchLimit launches;
    launches.submitted(8);
    launches.launched(8);
    launches.limit(2);
    launches.submitted(8);
    EXPECT_EQ(launches.allowed(5), 0U);
    EXPECT_EQ(launches.allowed(7), 1U);
}

TEST(LaunchLimit, held_lets_nothing_through_and_forgets_nothing) {
    LaunchLimit launches;
    launches.hold(true);
    launches.submitted(5);
    EXPECT_EQ(launches.allowed(0), 0U);
    launches.hold(false);
    EXPECT_EQ(launches.allowed(0), 5U);
}

TEST(LaunchLimit, survives_a_device_that_claims_to_have_completed_too_much) {
    LaunchLimit launches;
    launches.limit(2);
    launches.submitted(9);
    launches.launched(2);
    EXPECT_EQ(launches.allowed(~std::uint64_t{0}), 2U);
}

TEST(SignalWindow, counts_what_is_complete_whether_reaped_or_not) {
    std::array<aql::Signal, 2> signals{};
    SignalWindow window(signals);
    EXPECT_EQ(window.completed(), 0U);
    for (int i = 0; i < 2; ++i) {
        window.begin({});
        window.submitted();
    }
    EXPECT_EQ(window.completed(), 0U);
    window.at(0).value = 0;
    EXPECT_EQ(window.completed(), 1U);
    EXPECT_TRUE(window.reap());
    EXPECT_EQ(window.completed(), 1U);
    window.begin({});  // Uses the first signal again.
    window.submitted();
    EXPECT_EQ(window.completed(), 1U);
    window.at(1).value = 0;
    window.at(2).value = 0;
    EXPECT_EQ(window.completed(), 3U);
}

}  // namespace
}  // namespace penstock::workload
