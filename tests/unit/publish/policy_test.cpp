// SPDX-License-Identifier: Apache-2.0
//
// Choosing a policy with its settings, and asking what it makes of a process.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* manager = "org.penstock1.Manager";
const std::string root = "/org/penstock1";
constexpr const char* invalid_args = "org.freedesktop.DBus.Error.InvalidArgs";

template <typename Fill>
Reply choose(BusPair& pair, const char* name, Fill fill) {
    return pair.call(root, manager, "SetPolicy", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "s", name);
        fill(message);
    });
}

template <typename... Value>
Reply choose_one(BusPair& pair, const char* setting, const char* type, Value... value) {
    return choose(pair, "fair-share", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "a{sv}", 1, setting, type, value...);
    });
}

// "SettleUSec 1000", sorted as they come.
std::vector<std::string> settings_of(BusPair& pair) {
    const Reply reply = pair.get(root, manager, "PolicySettings");
    sd_bus_message* message = reply.message.get();
    EXPECT_GT(sd_bus_message_enter_container(message, 'v', "a{sv}"), 0);
    EXPECT_GT(sd_bus_message_enter_container(message, 'a', "{sv}"), 0);
    std::vector<std::string> found;
    while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
        const std::string name = text_at(message);
        found.push_back(name + " " + text_at(message));
        sd_bus_message_exit_container(message);
    }
    return found;
}

TEST(SetPolicy, goes_by_what_is_given_and_shows_all_that_holds) {
    BusPair pair;
    EXPECT_THAT(settings_of(pair),
                ElementsAre("SettleUSec 1000", "QuantumUSec 5000", "AgingUSec 0"));
    const Reply reply = choose(pair, "earliest-deadlines", [](sd_bus_message* message) {
        sd_bus_message_append(message,
                              "a{sv}",
                              3,
                              "SettleUSec",
                              "t",
                              std::uint64_t{250},
                              "Runners",
                              "u",
                              std::uint32_t{4},
                              "Firm",
                              "b",
                              1);
    });
    ASSERT_TRUE(reply.ok()) << reply.error_sentence;
    EXPECT_THAT(pair.loop.asked,
                ElementsAre("policy earliest-deadlines SettleSec=250us Runners=4 Firm=yes"));
    EXPECT_EQ(pair.get_text(root, manager, "Policy"), "earliest-deadlines");
    EXPECT_THAT(settings_of(pair),
                ElementsAre("SettleUSec 250", "QuantumUSec 5000", "Runners 4", "Firm true"));
}

TEST(SetPolicy, is_announced_also_where_only_a_setting_differs) {
    BusPair pair;
    const Reply reply = choose(pair, "fixed-priority", [](sd_bus_message* message) {
        sd_bus_message_append(message, "a{sv}", 1, "AgingUSec", "t", std::uint64_t{100'000});
    });
    ASSERT_TRUE(reply.ok()) << reply.error_sentence;
    EXPECT_THAT(pair.heard(), ElementsAre(Heard{"PropertiesChanged", root, {"PolicySettings"}}));
}

TEST(SetPolicy, by_the_property_brings_the_policys_own_settings_back) {
    BusPair pair;
    ASSERT_TRUE(choose_one(pair, "QuantumUSec", "t", std::uint64_t{9000}).ok());
    EXPECT_THAT(settings_of(pair),
                ElementsAre("SettleUSec 1000", "QuantumUSec 9000", "Hard false"));
    ASSERT_TRUE(pair.set(root, manager, "Policy", "s", "fair-share").ok());
    EXPECT_THAT(settings_of(pair),
                ElementsAre("SettleUSec 1000", "QuantumUSec 2000", "Hard false"));
}

TEST(SetPolicy, refuses_what_it_does_not_understand_and_changes_nothing) {
    BusPair pair;
    const auto refused = [&](const Reply& reply, const char* part) {
        EXPECT_EQ(reply.error_name, invalid_args);
        EXPECT_THAT(reply.error_sentence, HasSubstr(part));
    };
    refused(choose_one(pair, "QuantumSec", "t", std::uint64_t{1}), "did you mean QuantumUSec?");
    refused(choose_one(pair, "QuantumUSec", "s", "5ms"), "QuantumUSec is of the type t");
    refused(choose_one(pair, "QuantumUSec", "t", std::uint64_t{999}),
            "QuantumUSec: \"999us\" is not a time span from 1ms to 1s");
    refused(choose_one(pair, "QuantumUSec", "t", ~std::uint64_t{0}), "is not a time span");
    refused(choose_one(pair, "Runners", "u", std::uint32_t{2}),
            "policy \"fair-share\" does not take Runners: it takes SettleUSec, QuantumUSec");
    refused(choose_one(pair, "Patience", "d", 1.5), "is not a number from 0 to 1");
    EXPECT_THAT(pair.loop.asked, IsEmpty());
    EXPECT_EQ(pair.get_text(root, manager, "Policy"), "fixed-priority");
}

TEST(SetPolicy, suggests_the_policy_that_was_meant) {
    BusPair pair;
    const Reply reply = choose(pair, "fairshare", [](sd_bus_message* message) {
        sd_bus_message_append(message, "a{sv}", 0);
    });
    EXPECT_EQ(reply.error_name, "org.penstock1.Error.NoSuchPolicy");
    EXPECT_THAT(reply.error_sentence, HasSubstr("did you mean fair-share?"));
}

TEST(SetPolicy, that_the_loop_refuses_is_not_shown) {
    BusPair pair;
    pair.loop.failure = Error{.code = EAGAIN, .doing = "the agent is starting"};
    EXPECT_FALSE(choose_one(pair, "QuantumUSec", "t", std::uint64_t{9000}).ok());
    EXPECT_EQ(pair.get_text(root, manager, "Policy"), "fixed-priority");
    EXPECT_THAT(settings_of(pair),
                ElementsAre("SettleUSec 1000", "QuantumUSec 5000", "AgingUSec 0"));
}

template <typename Fill>
Reply explain(BusPair& pair, std::uint32_t pid, Fill fill) {
    return pair.call(root, manager, "ExplainProcess", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "u", pid);
        fill(message);
    });
}

Reply explain(BusPair& pair, std::uint32_t pid, const char* option, std::uint32_t number) {
    return explain(pair, pid, [&](sd_bus_message* message) {
        sd_bus_message_append(message, "a{sv}", 1, option, "u", number);
    });
}

std::string text_of(const Reply& reply) {
    return reply.ok() ? text_at(reply.message.get()) : reply.error_name;
}

TEST(ExplainProcess, tells_what_the_gate_did_and_who_comes_first) {
    BusPair pair;
    suspend(pair.loop.snapshot, 1);
    pair.loop.snapshot.owners[1].tenures[0].suspended_for = Reason::higher_rank_has_work;
    pair.loop.decision.orders = {
        {.gpu = sample_gpu, .owners = {{.owner = OwnerId{1}, .rank = 5}, {.owner = OwnerId{2}}}}};
    const Reply reply = explain(
        pair, 4300, [](sd_bus_message* message) { sd_bus_message_append(message, "a{sv}", 0); });
    ASSERT_STREQ(sd_bus_message_get_signature(reply.message.get(), 1), "a(uausas)");
    const std::string text = text_of(reply);
    EXPECT_THAT(text, HasSubstr("51432"));
    EXPECT_THAT(text, HasSubstr("[0, 1]"));
    EXPECT_THAT(text, HasSubstr("preempted"));
    EXPECT_THAT(text, HasSubstr("because a higher rank had work"));
    EXPECT_THAT(text, HasSubstr("above it: process 4242 (trainer), rank 5"));
    EXPECT_THAT(pair.loop.asked, ElementsAre("explain 2"));
}

TEST(ExplainProcess, may_be_asked_of_one_queue_or_device) {
    BusPair pair;
    EXPECT_THAT(text_of(explain(pair, 4300, "queue", 1)), HasSubstr("[1]"));
    EXPECT_THAT(text_of(explain(pair, 4300, "gpu", sample_gpu.value)), HasSubstr("[0, 1]"));
    EXPECT_EQ(text_of(explain(pair, 4300, "queue", 7)), "org.penstock1.Error.NoSuchQueue");
    EXPECT_EQ(text_of(explain(pair, 4300, "gpu", 1)), "org.penstock1.Error.NoSuchQueue");
    EXPECT_EQ(text_of(explain(pair, 4300, "pid", 1)), invalid_args);
    EXPECT_EQ(text_of(explain(pair, 1, "queue", 1)), "org.penstock1.Error.NotManaged");
}

TEST(ExplainProcess, of_who_has_just_ended_is_refused) {
    BusPair pair;
    pair.loop.snapshot.owners.pop_back();  // Not published yet.
    EXPECT_EQ(text_of(explain(pair, 4300, "queue", 0)), "org.penstock1.Error.ProcessGone");
}

}  // namespace
}  // namespace penstock::test
