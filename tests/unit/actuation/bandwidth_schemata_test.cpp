// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/bandwidth_schemata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Unit = BandwidthSchemata::Unit;

constexpr std::uint64_t giga = 1'000'000'000;

BandwidthSchemata intel() {
    return *read_schemata("    L3:0=fffff;1=fffff\n    MB:0=100;1=100\n", "10\n", "10\n");
}

BandwidthSchemata amd() {
    return *read_schemata("MB:0=2048;1=2048;2=2048;3=2048\nL3:0=ffff;1=ffff\n", "1\n", "1\n");
}

TEST(BandwidthSchemata, are_percents_on_intel) {
    EXPECT_EQ(intel().unit, Unit::percent);
    EXPECT_THAT(intel().domains, ElementsAre(0, 1));
    EXPECT_EQ(intel().value_for(0.5, 0), 50U);
    EXPECT_EQ(intel().line_of(50), "MB:0=50;1=50\n");
}

// The kernel would round up, to more than was decided.
TEST(BandwidthSchemata, go_down_to_the_processor_s_steps_and_not_below_its_least) {
    EXPECT_EQ(intel().value_for(0.79, 0), 70U);
    EXPECT_EQ(intel().value_for(0.7, 0), 70U);
    EXPECT_EQ(intel().value_for(0.1, 0), 10U);
    EXPECT_EQ(intel().value_for(0.01, 0), 10U);
    EXPECT_EQ(intel().value_for(1, 0), 100U);
    const auto odd = *read_schemata("MB:0=100\n", "5\n", "3\n");
    EXPECT_EQ(odd.value_for(0.04, 0), 5U);
}

TEST(BandwidthSchemata, are_eighths_of_a_gigabyte_per_second_on_amd) {
    EXPECT_EQ(amd().unit, Unit::eighth_gb);
    // A half of 64 GB/s among four caches is 8 GB/s for each.
    EXPECT_EQ(amd().value_for(0.5, 64 * giga), 64U);
    EXPECT_EQ(amd().line_of(64), "MB:0=64;1=64;2=64;3=64\n");
    EXPECT_EQ(amd().value_for(0.1, giga / 10), 1U);
    EXPECT_EQ(amd().value_for(1, 100'000 * giga), 2048U);
}

TEST(BandwidthSchemata, can_not_be_told_in_bytes_where_the_peak_is_unknown) {
    EXPECT_EQ(amd().value_for(0.5, 0), std::nullopt);
}

TEST(BandwidthSchemata, are_mebibytes_where_the_kernel_regulates_them_itself) {
    const auto mounted = *read_schemata("MB:0=4294967295\n", "10\n", "10\n");
    EXPECT_EQ(mounted.unit, Unit::mebibyte);
    EXPECT_EQ(mounted.value_for(0.5, std::uint64_t{4096} << 20), 2040U);
}

TEST(BandwidthSchemata, of_slow_memory_are_another_thing) {
    const auto none = read_schemata("SMBA:0=2048\nL3:0=ffff\n", "1", "1");
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message(), HasSubstr("limits no memory bandwidth"));
}

TEST(BandwidthSchemata, that_make_no_sense_are_refused) {
    for (const char* line : {"MB:",
                             "MB:0",
                             "MB:0=",
                             "MB:=5",
                             "MB:a=5",
                             "MB:0=5;",
                             "MB:0=5=6",
                             "MB:0=-5",
                             "MB:0=99999999999999999999",
                             "MB:4294967296=5"}) {
        EXPECT_FALSE(read_schemata(line, "1", "1")) << line;
    }
    std::string many = "MB:0=100";
    for (int domain = 1; domain <= 1024; ++domain) {
        many += ";" + std::to_string(domain) + "=100";
    }
    EXPECT_FALSE(read_schemata(many, "1", "1"));
}

TEST(BandwidthSchemata, take_steps_of_one_where_the_kernel_does_not_say) {
    const auto found = read_schemata("MB:0=100\n", "", "x");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->value_for(0.55, 0), 55U);
    EXPECT_FALSE(read_schemata("MB:0=10\n", "20\n", "10\n"));
}

}  // namespace
}  // namespace penstock
