// SPDX-License-Identifier: Apache-2.0
//
// What raises a process beside others: whoever only owns it may do all but that.

#include "agent/publish/process_terms.h"

#include <gtest/gtest.h>

namespace penstock::dbus {
namespace {

const Owner present{.priority = 5,
                    .weight = 100,
                    .service_class = ServiceClass::batch,
                    .deadline = std::chrono::milliseconds(50),
                    .cost = std::chrono::milliseconds(5),
                    .dram_max = BytesPerSecond{20'000'000'000}};

std::string raised(const ProcessChanges& changes, const Owner& owner = present) {
    const Answer<Choices> wanted = sound(changes);
    return wanted ? raised_by(*wanted, owner) : wanted.error().sentence;
}

TEST(RaisedTerms, are_none_of_those_that_lower_or_stay) {
    EXPECT_EQ(raised({}), "");
    EXPECT_EQ(raised({.priority = 5, .weight = 100, .service_class = "batch"}), "");
    EXPECT_EQ(raised({.priority = -20, .weight = 1, .service_class = "idle"}), "");
    EXPECT_EQ(raised({.deadline = 50'000, .cost = 5'000}), "");
    EXPECT_EQ(raised({.deadline = 50'001, .cost = 4'999}), "");
    EXPECT_EQ(raised({.deadline = 0, .cost = 0}), "") << "none at all is the lowest";
}

TEST(RaisedTerms, are_a_priority_a_weight_and_a_class_above_the_present) {
    EXPECT_EQ(raised({.priority = 6}), "priority 6 is above the present 5");
    EXPECT_EQ(raised({.weight = 101}), "weight 101 is above the present 100");
    EXPECT_EQ(raised({.service_class = "normal"}), "class normal is above the present batch");
    EXPECT_EQ(raised({.service_class = "latency"}, Owner()),
              "class latency is above the present normal");
}

TEST(RaisedTerms, are_a_sooner_deadline_and_a_higher_cost) {
    EXPECT_EQ(raised({.deadline = 49'999}),
              "a deadline of 49999 us is sooner than the present one "
              "of 50000 us");
    EXPECT_EQ(raised({.cost = 5'001}), "a cost of 5001 us is above the present one of 5000 us");
    EXPECT_EQ(raised({.deadline = 3'600'000'000}, Owner()),
              "a deadline of 3600000000 us is sooner than none");
    EXPECT_EQ(raised({.cost = 1}, Owner()), "a cost of 1 us is above an unknown one");
}

TEST(RaisedTerms, are_a_higher_limit_and_none) {
    EXPECT_EQ(raised({.dram_max = 20'000'000'000}), "");
    EXPECT_EQ(raised({.dram_max = 1}), "");
    EXPECT_EQ(raised({.dram_max = 21'000'000'000}), "dram-max 21G is above the present 20G");
    EXPECT_EQ(raised({.dram_max = UINT64_MAX}), "dram-max infinity is above the present 20G");
    EXPECT_EQ(raised({.dram_max = UINT64_MAX}, Owner()), "");
}

TEST(SoundTerms, are_no_limit_that_leaves_nothing) {
    EXPECT_EQ(raised({.dram_max = 0}),
              "a limit of 0 bytes per second leaves nothing: the least is 1, and "
              "18446744073709551615 is no limit");
}

TEST(RaisedTerms, count_when_others_beside_them_lower) {
    EXPECT_EQ(raised({.priority = -20, .weight = 10'000}), "weight 10000 is above the present 100");
}

TEST(SoundTerms, are_those_within_their_ranges_with_both_ends) {
    const Answer<Choices> most = sound({.priority = 20,
                                        .weight = 10'000,
                                        .service_class = "latency",
                                        .deadline = 3'600'000'000,
                                        .cost = 0});
    ASSERT_TRUE(most);
    EXPECT_EQ(most->priority->value, 20);
    EXPECT_EQ(most->deadline->value, std::chrono::hours(1));
    EXPECT_EQ(most->cost->value, Duration{});
    EXPECT_EQ(most->cost->source, "") << "by nobody yet";
    EXPECT_FALSE(most->preemptible);
    EXPECT_EQ(raised({.priority = -21}), "priority -21 is out of range: priorities are -20..20");
    EXPECT_EQ(raised({.weight = 0}), "weight 0 is out of range: weights are 1..10000");
}

// The bus has room for 2^64 microseconds, and a Duration for no more than 292 years.
TEST(SoundTerms, are_no_times_that_would_overflow) {
    EXPECT_EQ(raised({.deadline = 18'446'744'073'709'551'615U}),
              "a deadline of 18446744073709551615 us is out of range: it is 0..3600000000 us, and "
              "0 is no deadline");
    EXPECT_EQ(raised({.cost = 3'600'000'001}),
              "a cost of 3600000001 us is out of range: it is 0..3600000000 us, and 0 is an "
              "unknown cost");
}

TEST(SoundTerms, are_refused_for_the_first_that_is_wrong_and_quote_it_printably) {
    const ProcessChanges all_wrong{
        .priority = 21, .weight = 0, .service_class = "\x1b[2J", .deadline = ~std::uint64_t{0}};
    EXPECT_EQ(raised(all_wrong), "priority 21 is out of range: priorities are -20..20");
    EXPECT_EQ(raised({.service_class = "\x1b[2J", .deadline = ~std::uint64_t{0}}),
              "there is no class \"?[2J\": the classes are latency, normal, batch and idle");
    const std::string sentence = raised({.service_class = std::string(5000, 'x')});
    EXPECT_LT(sentence.size(), 400U);
}

}  // namespace
}  // namespace penstock::dbus
