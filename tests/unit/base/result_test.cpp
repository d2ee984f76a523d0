// SPDX-License-Identifier: Apache-2.0

#include "base/result.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/clock.h"
#include "base/units.h"

namespace penstock {
namespace {

TEST(Error, reads_as_a_chain_from_purpose_to_cause) {
    const Error error{.code = EACCES, .doing = "open /dev/kfd"};
    EXPECT_EQ(error.message(), "open /dev/kfd: Permission denied");
    EXPECT_EQ(Error(error).while_doing("start the probes").message(),
              "start the probes: open /dev/kfd: Permission denied");
}

TEST(Error, is_the_whole_sentence_when_the_system_had_no_part_in_it) {
    EXPECT_EQ((Error{.doing = "there is no such policy"}).message(), "there is no such policy");
}

TEST(Error, names_a_number_that_the_system_does_not_know) {
    EXPECT_EQ((Error{.code = 99999, .doing = "try"}).message(), "try: error 99999");
}

TEST(Result, carries_a_failure_to_the_caller) {
    const Result<int> result = fail(ENOENT, "open x");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ENOENT);

    const Result<> passed_on = fail(result.error(), "start");
    EXPECT_EQ(passed_on.error().message(), "start: open x: No such file or directory");
    EXPECT_EQ(passed_on.error().code, ENOENT);
}

TEST(Result, carries_a_sentence) {
    const Result<> result = fail("priority 99 is out of range");
    EXPECT_EQ(result.error().code, 0);
    EXPECT_EQ(result.error().message(), "priority 99 is out of range");
}

TEST(Units, turn_times_into_nanoseconds_and_back) {
    EXPECT_EQ(to_ns(from_ns(1234567890123)), 1234567890123);
    EXPECT_EQ(from_ns(0), TimePoint{});
}

TEST(Clock, never_runs_backwards) {
    const TimePoint first = monotonic_now();
    EXPECT_GE(monotonic_now(), first);
    EXPECT_GT(first, TimePoint{});
}

}  // namespace
}  // namespace penstock
