// SPDX-License-Identifier: Apache-2.0

#include "sim/invocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::sim {
namespace {

using testing::HasSubstr;

Replay understood(std::vector<std::string> words) {
    const auto parsed = parse(std::move(words));
    EXPECT_TRUE(parsed) << parsed.error().message();
    return std::get<Replay>(std::get<Verb>(*parsed));
}

TEST(SimInvocation, reads_what_to_replay) {
    const Replay plain = understood({"replay", "f"});
    EXPECT_EQ(plain.file, "f");
    EXPECT_EQ(plain.policy, "fixed-priority");
    EXPECT_FALSE(plain.interval);
    EXPECT_FALSE(plain.json);
    const Replay verb =
        understood({"replay", "-", "--json", "--policy=observe-only", "--interval=500"});
    EXPECT_EQ(verb.file, "-");
    EXPECT_EQ(verb.policy, "observe-only");
    EXPECT_EQ(verb.interval, std::chrono::milliseconds(500));
    EXPECT_TRUE(verb.json);
}

TEST(SimInvocation, refuses_what_makes_no_sense) {
    for (const auto& words : std::vector<std::vector<std::string>>{{},
                                                                   {"dance"},
                                                                   {"replay"},
                                                                   {"replay", "f", "--interval=0"},
                                                                   {"replay", "f", "--interval=x"},
                                                                   {"replay", "f", "g"}}) {
        EXPECT_FALSE(parse(words));
    }
}

TEST(SimInvocation, answers_help_and_version_itself) {
    EXPECT_THAT(std::get<Answered>(*parse({"--help"})).text, HasSubstr("replay"));
    EXPECT_THAT(std::get<Answered>(*parse({"replay", "--help"})).text, HasSubstr("--interval"));
    EXPECT_EQ(std::get<Answered>(*parse({"--version"})).text,
              "penstock-sim " PENSTOCK_VERSION "\n");
}

}  // namespace
}  // namespace penstock::sim
