// SPDX-License-Identifier: Apache-2.0

#include "base/json_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace penstock {
namespace {

template <typename T>
std::string written(const T& value) {
    JsonText text;
    text.write(value);
    return std::move(text).take();
}

TEST(JsonText, puts_commas_where_they_belong) {
    JsonText text;
    text.begin_object();
    text.member("a", 1);
    text.key("b");
    text.begin_array();
    text.write("x");
    text.begin_object();
    text.end_object();
    text.write(false);
    text.begin_array();
    text.end_array();
    text.end_array();
    text.member("c", std::optional<double>());
    text.end_object();
    EXPECT_EQ(std::move(text).take(), R"({"a":1,"b":["x",{},false,[]],"c":null})");
}

TEST(JsonText, keeps_numbers_exactly) {
    EXPECT_EQ(written(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
    EXPECT_EQ(written(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(written(0.1), "0.1");
    EXPECT_EQ(written(1700000000.25), "1700000000.25");
    const double longest = -std::numeric_limits<double>::max();
    EXPECT_EQ(std::stod(written(longest)), longest);
}

TEST(JsonText, has_null_for_what_is_no_number) {
    EXPECT_EQ(written(std::numeric_limits<double>::infinity()), "null");
    EXPECT_EQ(written(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(JsonText, is_printable_whatever_it_is_made_of) {
    EXPECT_EQ(written("a\"b\\c\n\x7f\xc3"), R"("a\"b\\c???")");
    EXPECT_EQ(written(std::string_view("\0", 1)), "\"?\"");
    EXPECT_EQ(written("{["), "\"{[\"");
}

TEST(JsonText, takes_a_text_for_no_truth) {
    EXPECT_EQ(written("true"), "\"true\"");
    EXPECT_EQ(written(true), "true");
}

}  // namespace
}  // namespace penstock
