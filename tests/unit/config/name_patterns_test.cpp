// SPDX-License-Identifier: Apache-2.0

#include "agent/config/name_patterns.h"

#include <gtest/gtest.h>

#include <vector>

namespace penstock {
namespace {

TEST(NamePatterns, match_whole_names_with_stars_and_question_marks) {
    const std::vector<std::string> patterns = {"train*", "job-?"};
    EXPECT_TRUE(matches_any(patterns, "train"));
    EXPECT_TRUE(matches_any(patterns, "trainer.py"));
    EXPECT_TRUE(matches_any(patterns, "job-7"));
    EXPECT_FALSE(matches_any(patterns, "job-17"));
    EXPECT_FALSE(matches_any(patterns, "retrain"));
    EXPECT_FALSE(matches_any(patterns, ""));
}

TEST(NamePatterns, without_a_pattern_nobody_is_meant) {
    EXPECT_FALSE(matches_any({}, "train"));
}

TEST(NamePatterns, a_broken_pattern_matches_nobody_but_itself) {
    const std::vector<std::string> patterns = {"[a-"};
    EXPECT_FALSE(matches_any(patterns, "a"));
}

}  // namespace
}  // namespace penstock
