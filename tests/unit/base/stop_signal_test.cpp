// SPDX-License-Identifier: Apache-2.0

#include "base/stop_signal.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include "base/clock.h"

namespace penstock {
namespace {

TEST(StopSignal, does_not_come_by_itself) {
    StopSignal stop;
    EXPECT_FALSE(stop.wait_until(TimePoint()));
    EXPECT_FALSE(stop.wait_until(monotonic_now() + std::chrono::milliseconds(1)));
}

TEST(StopSignal, ends_any_wait_once_it_came_and_is_remembered) {
    StopSignal stop;
    ::pthread_kill(::pthread_self(), SIGTERM);
    EXPECT_TRUE(stop.wait_until(monotonic_now() + std::chrono::hours(1)));
    EXPECT_TRUE(stop.wait_until(TimePoint()));
}

}  // namespace
}  // namespace penstock
