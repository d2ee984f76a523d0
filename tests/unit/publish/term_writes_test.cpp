// SPDX-License-Identifier: Apache-2.0
//
// Clients set on what terms a process runs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* manager = "org.penstock1.Manager";
constexpr const char* process = "org.penstock1.Process";
const std::string root = "/org/penstock1";
constexpr const char* invalid_args = "org.freedesktop.DBus.Error.InvalidArgs";

TEST(TermWrites, are_announced_each_with_its_own_source) {
    BusPair pair;
    ASSERT_TRUE(pair.set(process_path, process, "Class", "s", "idle").ok());
    ASSERT_TRUE(pair.set(process_path, process, "CostUSec", "t", "5").ok());
    EXPECT_THAT(pair.heard(),
                ElementsAre(Heard{"PropertiesChanged", process_path, {"Class", "ClassSource"}},
                            Heard{"PropertiesChanged", process_path, {"CostUSec", "CostSource"}}));
    EXPECT_EQ(pair.get_text(process_path, process, "ClassSource"),
              "dbus:" + std::to_string(::geteuid()));
    EXPECT_EQ(pair.get_text(process_path, process, "DeadlineSource"), "default");
}

TEST(TermWrites, out_of_range_name_the_range_and_what_was_given) {
    BusPair pair;
    for (const char* wrong : {"0", "10001", "4294967295"}) {
        EXPECT_EQ(pair.set(process_path, process, "Weight", "u", wrong).error_sentence,
                  std::string("weight ") + wrong + " is out of range: weights are 1..10000");
    }
    EXPECT_EQ(pair.set(process_path, process, "Class", "s", "Batch").error_sentence,
              "there is no class \"Batch\": the classes are latency, normal, batch and idle");
    for (const char* wrong : {"3600000001", "18446744073709551615"}) {
        EXPECT_EQ(pair.set(process_path, process, "DeadlineUSec", "t", wrong).error_sentence,
                  std::string("a deadline of ") + wrong +
                      " us is out of range: it is 0..3600000000 us, and 0 is no deadline");
        EXPECT_EQ(pair.set(process_path, process, "CostUSec", "t", wrong).error_sentence,
                  std::string("a cost of ") + wrong +
                      " us is out of range: it is 0..3600000000 us, and 0 is an unknown cost");
    }
    EXPECT_EQ(pair.set(process_path, process, "Class", "s", std::string(257, 'x')).error_sentence,
              "a string is longer than 256 bytes");
    EXPECT_EQ(pair.set(process_path, process, "Weight", "i", "5").error_name, invalid_args);
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

TEST(TermWrites, are_several_at_once_or_none) {
    BusPair pair;
    const auto set = [&](const char* service_class, std::uint32_t weight) {
        return pair.call(root, manager, "SetProcessProperties", [&](sd_bus_message* message) {
            sd_bus_message_append(message, "ut", 4242U, std::uint64_t{0});
            sd_bus_message_append(message,
                                  "a{sv}",
                                  4,
                                  "Class",
                                  "s",
                                  service_class,
                                  "DeadlineUSec",
                                  "t",
                                  std::uint64_t{50'000},
                                  "CostUSec",
                                  "t",
                                  std::uint64_t{5'000},
                                  "Weight",
                                  "u",
                                  weight);
        });
    };
    EXPECT_TRUE(set("latency", 200).ok());
    EXPECT_THAT(pair.loop.asked,
                ElementsAre("weight 4242 200",
                            "class 4242 latency",
                            "deadline 4242 50000000",
                            "cost 4242 5000000"));
    EXPECT_THAT(set("urgent", 300).error_sentence, HasSubstr("no class \"urgent\""));
    EXPECT_THAT(set("batch", 0).error_sentence, HasSubstr("1..10000"));
    EXPECT_EQ(pair.get_text(process_path, process, "Weight"), "200");
    EXPECT_EQ(pair.get_text(process_path, process, "Class"), "latency");
}

}  // namespace
}  // namespace penstock::test
