// SPDX-License-Identifier: Apache-2.0

#include "agent/config/rule_terms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::config {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

Choices chosen(std::string_view key, std::string_view value) {
    const Result<Choices> parsed = parse_term(key, value, "rule:a");
    EXPECT_TRUE(parsed) << key << '=' << value;
    return parsed ? *parsed : Choices{};
}

std::string complaint(std::string_view key, std::string_view value) {
    const Result<Choices> parsed = parse_term(key, value, "rule:a");
    EXPECT_FALSE(parsed) << key << '=' << value;
    return parsed ? "" : parsed.error().message();
}

TEST(RuleTerm, takes_both_ends_of_its_range_and_nothing_beyond) {
    EXPECT_EQ(chosen("Priority", "-20").priority->value, -20);
    EXPECT_EQ(chosen("Priority", "20").priority->value, 20);
    EXPECT_EQ(chosen("Weight", "1").weight->value, 1U);
    EXPECT_EQ(chosen("Weight", "10000").weight->value, 10'000U);
    EXPECT_EQ(chosen("DeadlineSec", "1h").deadline->value, 1h);
    EXPECT_EQ(chosen("CostSec", "1us").cost->value, 1us);
    EXPECT_EQ(chosen("DramMax", "1").dram_max->value, BytesPerSecond{1});
    EXPECT_EQ(chosen("DramMax", "infinity").dram_max->value, unlimited);
    for (const auto& [key, value] : {std::pair("Priority", "-21"),
                                     std::pair("Priority", "21"),
                                     std::pair("Priority", "99999999999999999999"),
                                     std::pair("Weight", "-1"),
                                     std::pair("Weight", "4294967297"),
                                     std::pair("DeadlineSec", "3600.000001"),
                                     std::pair("DeadlineSec", "1us 1ns"),
                                     std::pair("CostSec", "9999999999h"),
                                     std::pair("DramMax", "0"),
                                     std::pair("DramMax", "-1"),
                                     std::pair("DramMax", "plenty"),
                                     std::pair("DramMax", "99999999999T")}) {
        EXPECT_NE(complaint(key, value), "") << key << '=' << value;
    }
}

TEST(RuleTerm, is_chosen_alone_and_by_the_source_that_was_named) {
    EXPECT_EQ(chosen("Class", "idle"),
              (Choices{.service_class = {{.value = ServiceClass::idle, .source = "rule:a"}}}));
    EXPECT_EQ(chosen("Preemptible", "off"),
              (Choices{.preemptible = {{.value = false, .source = "rule:a"}}}));
    EXPECT_EQ(term_keys().size(), 7U);
    EXPECT_EQ(chosen("priority", "5"), Choices{}) << "keys are as they are written";
}

TEST(RuleTerm, that_is_no_class_or_time_is_quoted_without_what_steers_a_terminal) {
    EXPECT_EQ(complaint("Class", "\x1b[2J"),
              "\"?[2J\" is not a class: there are latency, normal, batch and idle");
    EXPECT_THAT(complaint("DeadlineSec", "2h"),
                HasSubstr("\"2h\" is not a time span from 0 to 1h, in whole microseconds"));
}

TEST(RuleTerm, raises_only_above_what_a_process_is_without_a_rule) {
    EXPECT_FALSE(raises({}));
    for (const auto& [key, least_that_raises, most_that_does_not] :
         {std::tuple("Priority", "1", "0"),
          std::tuple("Weight", "101", "100"),
          std::tuple("Class", "latency", "normal"),
          std::tuple("Preemptible", "no", "yes"),
          std::tuple("DeadlineSec", "1h", "0"),
          std::tuple("CostSec", "1us", "0")}) {
        EXPECT_TRUE(raises(chosen(key, least_that_raises))) << key;
        EXPECT_FALSE(raises(chosen(key, most_that_does_not))) << key;
    }
    EXPECT_FALSE(raises(chosen("DramMax", "infinity"))) << "there is no more than that";
    Choices mixed = chosen("Priority", "-20");
    apply(chosen("CostSec", "5ms"), mixed);
    EXPECT_TRUE(raises(mixed)) << "lowering one term pays for no other";
}

TEST(RuleTerm, of_a_bandwidth_is_written_as_it_is_read) {
    for (const char* value : {"20G", "1", "800M", "infinity"}) {
        const std::vector<KeyValue> lines = written(chosen("DramMax", value));
        ASSERT_EQ(lines.size(), 1U);
        EXPECT_EQ(lines[0].key, "DramMax");
        EXPECT_EQ(lines[0].value, value);
    }
}

TEST(RuleTerm, is_written_under_its_own_key_where_others_before_it_are_absent) {
    Choices terms = chosen("CostSec", "90s");
    apply(chosen("Preemptible", "true"), terms);
    const std::vector<KeyValue> lines = written(terms);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].key, "Preemptible");
    EXPECT_EQ(lines[0].value, "yes");
    EXPECT_EQ(lines[1].key, "CostSec");
    EXPECT_EQ(lines[1].value, "90s");
    EXPECT_TRUE(written({}).empty());
}

}  // namespace
}  // namespace penstock::config
