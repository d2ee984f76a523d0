// SPDX-License-Identifier: Apache-2.0

#include "base/text.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(ParseNumber, takes_exactly_a_number) {
    EXPECT_EQ(parse_number<int>("42"), 42);
    EXPECT_EQ(parse_number<int>("-42"), -42);
    EXPECT_EQ(parse_number<std::uint32_t>("0"), 0U);
    EXPECT_EQ(parse_number<std::uint64_t>("18446744073709551615"), 0xffffffffffffffffU);
    EXPECT_EQ(parse_number<std::uint32_t>("ff", 16), 255U);
}

TEST(ParseNumber, refuses_everything_around_a_number) {
    for (const std::string_view text : {"", " 1", "1 ", "1\n", "+1", "0x10", "1.5", "one", "1a"}) {
        EXPECT_EQ(parse_number<int>(text), std::nullopt) << '"' << text << '"';
    }
}

TEST(ParseNumber, refuses_what_does_not_fit) {
    EXPECT_EQ(parse_number<std::uint8_t>("256"), std::nullopt);
    EXPECT_EQ(parse_number<std::uint32_t>("-1"), std::nullopt);
    EXPECT_EQ(parse_number<std::int32_t>("2147483648"), std::nullopt);
}

TEST(Trimmed, removes_blanks_at_both_ends_only) {
    EXPECT_EQ(trimmed("  a b\t\r\n"), "a b");
    EXPECT_EQ(trimmed(""), "");
    EXPECT_EQ(trimmed(" \n"), "");
}

TEST(Split, keeps_empty_parts) {
    using Parts = std::vector<std::string_view>;
    EXPECT_EQ(split("a,b,c", ','), (Parts{"a", "b", "c"}));
    EXPECT_EQ(split("", ','), Parts{""});
    EXPECT_EQ(split(",a,", ','), (Parts{"", "a", ""}));
}

TEST(ValueOf, reads_both_ways_in_which_the_kernel_writes_lines) {
    const std::string_view status = "Name:\tfoo bar\nTracerPid:\t12\nTracer 7\n";
    EXPECT_EQ(value_of(status, "Name"), "foo bar");
    EXPECT_EQ(value_of(status, "TracerPid"), "12");
    EXPECT_EQ(value_of("simd_count 304\nmem_banks_count 1", "mem_banks_count"), "1");
    EXPECT_EQ(value_of("empty:\n", "empty"), "");
}

TEST(ValueOf, is_not_fooled_by_keys_that_begin_alike) {
    EXPECT_EQ(value_of("simd_count_max 4\nsimd_count 2", "simd_count"), "2");
    EXPECT_EQ(value_of("simd_count_max 4", "simd_count"), std::nullopt);
    EXPECT_EQ(value_of("", "simd_count"), std::nullopt);
}

TEST(Printable, makes_foreign_names_harmless) {
    EXPECT_EQ(printable("plain name"), "plain name");
    EXPECT_EQ(printable("a\033[31m\n\x7f\xc3\xa4"), "a?[31m????");
    EXPECT_EQ(printable(std::string_view("\0b", 2)), "?b");
}

TEST(Printable, cuts_long_names) {
    EXPECT_EQ(printable(std::string(100, 'x')).size(), 64U);
    EXPECT_EQ(printable("abcdef", 3), "abc");
}

}  // namespace
}  // namespace penstock
