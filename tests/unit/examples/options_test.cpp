// SPDX-License-Identifier: Apache-2.0

#include "client/examples/split_inference/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "tests/fakes/command_line.h"

namespace penstock::split_inference {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

// With what has to be given, and what the test is about.
fakes::Parsed<Options> parsed(std::initializer_list<const char*> given, bool complete = true) {
    std::vector<std::string> words{"penstock-split-inference"};
    if (complete) {
        words.insert(words.end(), {"--side=processors", "--name=cpu", "--memory=/emulator/memory"});
    }
    words.insert(words.end(), given.begin(), given.end());
    return fakes::parsed_by(&parse_options, std::move(words));
}

TEST(SplitOptions, are_a_side_without_control_unless_told_otherwise) {
    const auto options = parsed({}).options;
    ASSERT_TRUE(options);
    EXPECT_EQ(options->side, Side::processors);
    EXPECT_EQ(options->control, Control::none);
    EXPECT_EQ(options->name, "cpu");
    EXPECT_EQ(options->rate, 25'000'000'000U);
    EXPECT_EQ(options->token, 20ms);
    EXPECT_EQ(options->bus, "system");
    EXPECT_EQ(options->lease_class, "");
    EXPECT_EQ(options->log, "");
}

TEST(SplitOptions, know_every_control) {
    EXPECT_EQ(parsed({"--control=none"}).options->control, Control::none);
    EXPECT_EQ(parsed({"--control=token"}).options->control, Control::token);
    EXPECT_EQ(parsed({"--control=leases"}).options->control, Control::leases);
    const auto wrong = parsed({"--control=lease"});
    EXPECT_FALSE(wrong.options);
    EXPECT_THAT(wrong.said, HasSubstr("--control"));
}

TEST(SplitOptions, need_a_side_a_name_and_a_memory) {
    const auto sideless = parsed({"--name=a", "--memory=b"}, false);
    ASSERT_FALSE(sideless.options);
    EXPECT_NE(sideless.options.error(), 0);
    EXPECT_THAT(sideless.said, HasSubstr("--side is required"));
    EXPECT_THAT(parsed({"--side=graphics", "--memory=b"}, false).said,
                HasSubstr("--name is required"));
    EXPECT_THAT(parsed({"--side=graphics", "--name=a"}, false).said,
                HasSubstr("--memory is required"));
    EXPECT_THAT(parsed({"--side=both", "--name=a", "--memory=b"}, false).said, HasSubstr("--side"));
}

TEST(SplitOptions, refuse_a_rate_that_is_none) {
    for (const char* rate : {"--rate=0", "--rate=fast", "--rate=-1", "--rate=", "--rate=25Q"}) {
        const auto refused = parsed({rate});
        EXPECT_FALSE(refused.options) << rate;
        EXPECT_NE(refused.said, "") << rate;
    }
    EXPECT_EQ(parsed({"--rate=512"}).options->rate, 512U);
}

TEST(SplitOptions, bound_the_time_of_a_token) {
    EXPECT_EQ(parsed({"--token-ms=1"}).options->token, 1ms);
    EXPECT_EQ(parsed({"--token-ms=1000"}).options->token, 1s);
    EXPECT_FALSE(parsed({"--token-ms=0"}).options);
    EXPECT_FALSE(parsed({"--token-ms=1001"}).options);
}

TEST(SplitOptions, explain_themselves_and_leave_with_success) {
    const auto help = parsed({"--help"});
    ASSERT_FALSE(help.options);
    EXPECT_EQ(help.options.error(), 0);
    EXPECT_THAT(help.said, HasSubstr("One side of a split inference"));
}

TEST(SplitOperations, are_all_parts_of_a_token) {
    std::uint32_t parts = 0;
    for (const Operation& operation : operations) {
        EXPECT_GT(operation.parts, 0U);
        parts += operation.parts;
    }
    EXPECT_EQ(parts, all_parts);
}

TEST(SplitOperations, have_classes_of_their_own) {
    for (std::size_t one = 0; one < operations.size(); ++one) {
        for (std::size_t other = one + 1; other < operations.size(); ++other) {
            EXPECT_NE(operations.at(one).kind, operations.at(other).kind);
        }
    }
}

// 25 GB/s for 20 ms are 500 MB, of which each of 20 parts has 25.
TEST(SplitOperations, move_what_a_token_takes_at_the_rate) {
    const auto options = parsed({}).options;
    ASSERT_TRUE(options);
    EXPECT_EQ(options->bytes_of_a_part(), 25'000'000U);
    EXPECT_EQ(parsed({"--rate=50G", "--token-ms=10"}).options->bytes_of_a_part(), 25'000'000U);
    EXPECT_EQ(parsed({"--rate=1", "--token-ms=1"}).options->bytes_of_a_part(), 0U);
}

}  // namespace
}  // namespace penstock::split_inference
