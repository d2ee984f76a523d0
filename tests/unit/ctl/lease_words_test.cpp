// SPDX-License-Identifier: Apache-2.0
//
// The verb `lease` of the command line, and what it prints.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "client/ctl/invocation.h"
#include "client/ctl/lease_view.h"

namespace penstock::ctl {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

template <typename V>
V understood(std::vector<std::string> words) {
    words.insert(words.begin(), "lease");
    const auto parsed = parse(std::move(words), "system");
    EXPECT_TRUE(parsed) << parsed.error().sentence;
    return std::get<V>(std::get<Invocation>(*parsed).verb);
}

std::string complaint(std::vector<std::string> words) {
    words.insert(words.begin(), "lease");
    const auto parsed = parse(std::move(words), "system");
    EXPECT_FALSE(parsed);
    EXPECT_EQ(parsed.error().exit, Exit::usage);
    return parsed.error().sentence;
}

TEST(LeaseWords, say_what_and_for_whom) {
    const auto wish = understood<LeaseAcquire>({"acquire", "dram", "20G", "--", "cp", "-r", "a"});
    EXPECT_EQ(wish.resource, "dram");
    EXPECT_EQ(wish.target, "/");
    EXPECT_EQ(wish.rate, 20'000'000'000U);
    EXPECT_EQ(wish.least, std::nullopt);
    EXPECT_EQ(wish.wait, Duration{});
    EXPECT_FALSE(wish.exclusive);
    EXPECT_THAT(wish.command, ElementsAre("cp", "-r", "a"));
}

TEST(LeaseWords, say_on_what_terms) {
    const auto wish = understood<LeaseAcquire>({"acquire",
                                                "pcie-h2d",
                                                "20G",
                                                "--target=51432",
                                                "--min=1G",
                                                "--wait=10s",
                                                "--class=background",
                                                "--why=a test",
                                                "--exclusive",
                                                "--",
                                                "true"});
    EXPECT_EQ(wish.target, "/org/penstock1/gpu/51432");
    EXPECT_EQ(wish.least, 1'000'000'000U);
    EXPECT_EQ(wish.wait, std::chrono::seconds(10));
    EXPECT_EQ(wish.lease_class, "background");
    EXPECT_EQ(wish.why, "a test");
    EXPECT_TRUE(wish.exclusive);
    EXPECT_EQ(
        understood<LeaseAcquire>({"acquire", "dram", "1G", "--target=0", "--", "true"}).target,
        "/org/penstock1/memory/0");
}

TEST(LeaseWords, insist_on_nothing_but_being_exclusive) {
    const auto wish = understood<LeaseAcquire>(
        {"acquire", "dram", "1G", "--exclusive", "--insist", "--", "true"});
    EXPECT_TRUE(wish.exclusive);
    EXPECT_TRUE(wish.insist);
    EXPECT_FALSE(
        understood<LeaseAcquire>({"acquire", "dram", "1G", "--exclusive", "--", "true"}).insist);
    EXPECT_THAT(complaint({"acquire", "dram", "1G", "--insist", "--", "true"}),
                HasSubstr("--insist requires --exclusive"));
}

TEST(LeaseWords, are_refused_where_they_make_no_sense) {
    EXPECT_THAT(complaint({"acquire", "dram", "20G"}), HasSubstr("RESOURCE RATE -- COMMAND"));
    EXPECT_THAT(complaint({"acquire", "dram", "much", "--", "true"}), HasSubstr("much"));
    EXPECT_THAT(complaint({"acquire", "dram", "1G", "--min=x", "--", "true"}), HasSubstr("x"));
    EXPECT_THAT(complaint({"acquire", "dram", "1G", "--wait=1h", "--", "true"}),
                HasSubstr("--wait=\"1h\" is not a duration"));
    EXPECT_THAT(complaint({"acquire", "dram", "1G", "--target=node 0", "--", "true"}),
                HasSubstr("is neither a number nor an object's path"));
    EXPECT_THAT(complaint({"acquire", "dram", "1G", "more", "--", "true"}),
                HasSubstr("RESOURCE RATE -- COMMAND"));
    EXPECT_THAT(complaint({"list", "--", "true"}), HasSubstr("\"true\" is too much"));
    EXPECT_THAT(complaint({"list", "all"}), HasSubstr("\"all\" is too much"));
    EXPECT_THAT(complaint({"take"}), HasSubstr("acquire"));
}

const json held = json::parse(R"([{"Path": "/org/penstock1/lease/7", "Resource": "dram",
    "Target": "/org/penstock1/memory/0", "BytesPerSecond": 20000000000,
    "UsedBytes": 18446744073709551615, "OwnerUID": 1000, "OwnerPID": 42, "Who": "a\u001b copy",
    "Why": ""}])");

TEST(LeaseView, is_a_table) {
    EXPECT_EQ(leases_text(held),
              "LEASE    RESOURCE  TARGET         RATE   UID  PID  WHO      WHY\n"
              "lease/7  dram      memory/0  20.0 GB/s  1000   42  a? copy\n");
}

TEST(LeaseView, is_json_with_null_for_unknown) {
    EXPECT_TRUE(understood<LeaseList>({"list", "--json"}).json);
    EXPECT_EQ(leases_json(held),
              json::parse(R"([{"lease": "/org/penstock1/lease/7", "resource": "dram",
                  "target": "/org/penstock1/memory/0", "bytes_per_second": 20000000000,
                  "used_bytes": null, "uid": 1000, "pid": 42, "who": "a? copy", "why": ""}])"));
}

TEST(LeaseView, survives_an_agent_that_says_something_else) {
    const json odd = json::parse(R"([{"Path": 7, "BytesPerSecond": "much", "Who": null}, {}])");
    EXPECT_EQ(leases_json(odd).size(), 2U);
    EXPECT_TRUE(leases_json(odd)[0]["bytes_per_second"].is_null());
    EXPECT_THAT(leases_text(odd), HasSubstr("LEASE"));
}

}  // namespace
}  // namespace penstock::ctl
