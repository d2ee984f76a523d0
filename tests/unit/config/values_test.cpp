// SPDX-License-Identifier: Apache-2.0

#include "agent/config/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

TEST(Boolean, is_yes_or_no_in_all_the_words_that_systemd_knows) {
    for (const char* yes : {"1", "yes", "Y", "TRUE", "t", "On"}) {
        EXPECT_EQ(parse_boolean(yes), true) << yes;
    }
    for (const char* no : {"0", "no", "n", "False", "f", "off"}) {
        EXPECT_EQ(parse_boolean(no), false) << no;
    }
    for (const char* neither : {"", "2", "maybe", "yes ", "truetrue", "falsefalsefalse"}) {
        EXPECT_FALSE(parse_boolean(neither)) << neither;
    }
}

TEST(Integer, keeps_to_its_range) {
    EXPECT_EQ(parse_integer("-20", -20, 20), -20);
    EXPECT_EQ(parse_integer("20", -20, 20), 20);
    for (const char* wrong : {"21", "-21", "", "1.5", "0x1", "99999999999999999999", "+1"}) {
        const auto number = parse_integer(wrong, -20, 20);
        ASSERT_FALSE(number) << wrong;
        EXPECT_THAT(number.error().message(), HasSubstr("from -20 to 20"));
    }
}

TEST(TimeSpan, is_a_sum_of_numbers_with_units_and_seconds_without) {
    EXPECT_EQ(parse_time_span("10ms"), 10ms);
    EXPECT_EQ(parse_time_span("5"), 5s);
    EXPECT_EQ(parse_time_span("1min 30s"), 90s);
    EXPECT_EQ(parse_time_span("1h30m"), 90min);
    EXPECT_EQ(parse_time_span(" 2 us "), 2us);
    EXPECT_EQ(parse_time_span("0.5s"), 500ms);
    EXPECT_EQ(parse_time_span("1.000000001s"), 1s + 1ns);
    EXPECT_EQ(parse_time_span("1d"), 24h);
    EXPECT_EQ(parse_time_span("0"), 0s);
}

TEST(TimeSpan, is_nothing_else) {
    for (const char* wrong : {"",
                              " ",
                              "ms",
                              "-1s",
                              "1x",
                              "1s,",
                              "1.s",
                              ".5s",
                              "1..5s",
                              "infinity",
                              "1.0000000001s",
                              "1e3s",
                              "300000000000d",
                              "9223372036854775807"}) {
        EXPECT_FALSE(parse_time_span(wrong)) << wrong;
    }
}

TEST(Bandwidth, counts_in_powers_of_1000) {
    EXPECT_EQ(parse_bandwidth("25G"), BytesPerSecond{25'000'000'000});
    EXPECT_EQ(parse_bandwidth("1.5 M"), BytesPerSecond{1'500'000});
    EXPECT_EQ(parse_bandwidth("7"), BytesPerSecond{7});
    for (const char* wrong : {"", "G", "-1G", "1Gi", "1GB", "1 2", "1.2345K", "10000000000T"}) {
        EXPECT_FALSE(parse_bandwidth(wrong)) << wrong;
    }
}

TEST(Words, stand_between_blanks_and_keep_quoted_blanks) {
    EXPECT_THAT(*parse_words("a  b\tc"), ElementsAre("a", "b", "c"));
    EXPECT_THAT(*parse_words("\"a b\" 'c \"d'"), ElementsAre("a b", "c \"d"));
    EXPECT_THAT(*parse_words("''"), ElementsAre(""));
    EXPECT_THAT(*parse_words("  "), ElementsAre());
    EXPECT_FALSE(parse_words("\"a"));
    EXPECT_FALSE(parse_words("a '"));
}

TEST(Values, are_written_as_they_are_read) {
    for (const Duration span : {Duration(0),
                                Duration(1ns),
                                Duration(1500us),
                                Duration(90s),
                                Duration(36h),
                                Duration(250ms)}) {
        EXPECT_EQ(parse_time_span(to_text(span)), span) << to_text(span);
    }
    EXPECT_EQ(to_text(Duration(10ms)), "10ms");
    for (const std::uint64_t rate : {0ULL, 1ULL, 25'000'000'000ULL, 1'234'567ULL}) {
        EXPECT_EQ(parse_bandwidth(to_text(BytesPerSecond{rate})), BytesPerSecond{rate});
    }
    EXPECT_EQ(to_text(BytesPerSecond{25'000'000'000}), "25G");
    const std::vector<std::string> words = {"a", "", "b c", "it's", "\"so\"", "x\"y"};
    EXPECT_EQ(parse_words(to_text(words)), words) << to_text(words);
}

}  // namespace
}  // namespace penstock::config
