// SPDX-License-Identifier: Apache-2.0
//
// What a program's wish for a lease becomes on the bus, and what each answer becomes to it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "tests/unit/libpenstock/lease_client.h"
#include "tests/unit/libpenstock/scripted_agent.h"

namespace penstock::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Answers = ScriptedAgent::Answers;

class LeaseWishes : public LeaseClient {
  protected:
    // What the client knows after a look and its answer.
    std::uint64_t rate_after_an_answer() {
        const std::size_t before = agent.told().size();
        for (int round = 0; round < 2000; ++round) {
            lease->look_next = 0;
            static_cast<void>(penstock_lease_rate(lease));
            // The second question is sent when the first one's answer has been taken.
            if (agent.told().size() >= before + 2) {
                break;
            }
            std::this_thread::yield();
        }
        EXPECT_GE(agent.told().size(), before + 2) << "nobody asked";
        return lease->granted;
    }

    ScriptedAgent agent{address};
};

TEST_F(LeaseWishes, that_say_little_are_of_all_memory_and_of_any_rate) {
    ASSERT_EQ(acquire({.rate = 5}), 0) << penstock_error();
    EXPECT_THAT(agent.told(), ElementsAre("1 AcquireLease dram / 5 {min=0}"));
}

TEST_F(LeaseWishes, are_sent_with_all_that_they_say) {
    ASSERT_EQ(acquire({.resource = "pcie-h2d",
                       .target = "/org/penstock1/gpu/51432",
                       .rate = 50,
                       .least = 20,
                       .wait_usec = 300,
                       .exclusive = 7,
                       .lease_class = "stream",
                       .why = "weights"}),
              0);
    EXPECT_THAT(agent.told(),
                ElementsAre("1 AcquireLease pcie-h2d /org/penstock1/gpu/51432 50 {min=20 "
                            "wait-usec=300 exclusive=true class=stream why=weights}"));
}

TEST_F(LeaseWishes, insist_on_being_exclusive_only_when_told_to) {
    ASSERT_EQ(acquire({.rate = 5, .exclusive = 1}), 0);
    penstock_lease_release(lease);
    ASSERT_EQ(acquire({.rate = 5, .exclusive = PENSTOCK_EXCLUSIVE_INSIST}), 0);
    EXPECT_THAT(agent.told(),
                ElementsAre("1 AcquireLease dram / 5 {min=0 exclusive=true}",
                            "1 Release",
                            "1 AcquireLease dram / 5 {min=0 exclusive=true insist=true}"));
}

TEST_F(LeaseWishes, of_a_program_that_knows_fewer_options_are_taken_as_far_as_they_go) {
    penstock_lease_options wish = Wish{.rate = 5, .least = 3, .why = "new"}.options();
    wish.size = offsetof(penstock_lease_options, min_bytes_per_second);
    ASSERT_EQ(penstock_lease_acquire(client, &wish, &lease), 0);
    EXPECT_THAT(agent.told(), ElementsAre("1 AcquireLease dram / 5 {min=0}"));
}

TEST_F(LeaseWishes, that_make_no_sense_never_reach_the_agent) {
    penstock_lease_options wish = Wish{.rate = 5}.options();
    wish.size = 0;
    EXPECT_EQ(penstock_lease_acquire(client, &wish, &lease), -EINVAL);
    EXPECT_STREQ(penstock_error(), "the options do not say their size");
    wish.size = sizeof(wish);
    EXPECT_EQ(penstock_lease_acquire(nullptr, &wish, &lease), -EINVAL);
    EXPECT_EQ(penstock_lease_acquire(client, nullptr, &lease), -EINVAL);
    EXPECT_EQ(penstock_lease_acquire(client, &wish, nullptr), -EINVAL);
    EXPECT_EQ(acquire({.target = "no object", .rate = 5}), -EINVAL);
    EXPECT_EQ(acquire({.rate = 5, .why = "\xff\xfe"}), -EINVAL);
    EXPECT_STREQ(penstock_error(), "the wish is no text for D-Bus: Invalid argument");
    EXPECT_EQ(lease, nullptr);
    EXPECT_THAT(agent.told(), IsEmpty());
}

TEST_F(LeaseWishes, that_are_refused_tell_why_by_number_and_sentence) {
    const auto refused = [&](const std::string& name) {
        agent.play({.answers = Answers::error, .error = name, .sentence = "it is " + name});
        const int result = acquire({.rate = 5});
        EXPECT_THAT(penstock_error(), HasSubstr("it is " + name));
        EXPECT_EQ(lease, nullptr);
        return -result;
    };
    EXPECT_EQ(refused("org.penstock1.Error.LeaseDenied"), EBUSY);
    EXPECT_EQ(refused("org.penstock1.Error.LeaseBudgetExceeded"), EDQUOT);
    EXPECT_EQ(refused("org.penstock1.Error.Degraded"), ENODATA);
    EXPECT_EQ(refused("org.freedesktop.DBus.Error.LimitsExceeded"), EAGAIN);
    EXPECT_EQ(refused("org.freedesktop.DBus.Error.InvalidArgs"), EINVAL);
    EXPECT_EQ(refused("org.freedesktop.DBus.Error.AccessDenied"), EACCES);
    EXPECT_EQ(refused("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"), EACCES);
    EXPECT_EQ(refused("org.freedesktop.DBus.Error.NotSupported"), EOPNOTSUPP);
    EXPECT_EQ(refused("org.freedesktop.DBus.Error.ServiceUnknown"), EHOSTUNREACH);
}

TEST_F(LeaseWishes, that_are_refused_with_letters_for_a_terminal_are_shown_without) {
    agent.play({.answers = Answers::error, .sentence = "never \x1b[2Jmind"});
    EXPECT_EQ(acquire({.rate = 5}), -EBUSY);
    EXPECT_STREQ(penstock_error(), "never ?[2Jmind: Device or resource busy");
}

TEST_F(LeaseWishes, that_are_answered_with_something_else_fail) {
    agent.play({.answers = Answers::number});
    EXPECT_EQ(acquire({.rate = 5}), -EPROTO);
    EXPECT_STREQ(penstock_error(), "the agent's answer is no lease: Protocol error");
    EXPECT_EQ(lease, nullptr);
}

TEST_F(LeaseWishes, that_nobody_answers_fail_some_time_after_their_wait) {
    agent.play({.answers = Answers::nothing});
    EXPECT_EQ(acquire({.rate = 5}), -ETIMEDOUT);
    EXPECT_EQ(lease, nullptr);
}

TEST_F(LeaseWishes, on_a_connection_that_failed_leave_none_behind) {
    agent.play({.answers = Answers::error});
    EXPECT_EQ(acquire({.rate = 5}), -EBUSY);
    agent.play({});
    ASSERT_EQ(acquire({.rate = 5}), 0);
    EXPECT_THAT(agent.told(),
                ElementsAre("1 AcquireLease dram / 5 {min=0}", "2 AcquireLease dram / 5 {min=0}"));
}

TEST_F(LeaseWishes, hold_the_descriptor_until_the_release_and_tell_of_it) {
    ASSERT_EQ(acquire({.rate = 5}), 0);
    EXPECT_EQ(agent.held(), 1);
    release();
    // The bus daemon has had a copy, which it closes in its own time.
    for (int round = 0; round < 2000 && agent.held() > 0; ++round) {
        ::usleep(1000);
    }
    EXPECT_EQ(agent.held(), 0);
    ASSERT_EQ(acquire({.rate = 6}), 0);
    EXPECT_THAT(
        agent.told(),
        ElementsAre(
            "1 AcquireLease dram / 5 {min=0}", "1 Release", "1 AcquireLease dram / 6 {min=0}"));
}

TEST_F(LeaseWishes, grant_the_rate_that_the_agent_said_last) {
    agent.play({.granted = 70, .rate = 40});
    ASSERT_EQ(acquire({.rate = 90}), 0);
    EXPECT_EQ(lease->granted, 70U) << "the answer to the wish says it first";
    EXPECT_EQ(rate_after_an_answer(), 40U);
    agent.play({.rate = UINT64_MAX});
    EXPECT_EQ(rate_after_an_answer(), UINT64_MAX);
}

TEST_F(LeaseWishes, grant_nothing_once_the_lease_is_no_object_any_more) {
    agent.play({.granted = 70, .rate_error = "org.freedesktop.DBus.Error.UnknownObject"});
    ASSERT_EQ(acquire({.rate = 90}), 0);
    EXPECT_EQ(rate_after_an_answer(), 0U);
}

TEST_F(LeaseWishes, keep_the_last_word_of_an_agent_that_says_nothing_of_use) {
    agent.play({.granted = 70, .rate_error = "org.freedesktop.DBus.Error.LimitsExceeded"});
    ASSERT_EQ(acquire({.rate = 90}), 0);
    EXPECT_EQ(rate_after_an_answer(), 70U);
    agent.play({.rate_is_a_text = true});
    EXPECT_EQ(rate_after_an_answer(), 70U);
}

TEST_F(LeaseWishes, ask_for_the_rate_no_more_often_than_every_look) {
    agent.play({.granted = 70, .rate = 40});
    ASSERT_EQ(acquire({.rate = 90}), 0);
    lease->look_next = INT64_MAX;
    for (int call = 0; call < 100; ++call) {
        EXPECT_EQ(penstock_lease_rate(lease), 70U);
    }
    EXPECT_THAT(agent.told(), ElementsAre("1 AcquireLease dram / 90 {min=0}"));
}

TEST_F(LeaseWishes, of_nobody_bound_nothing) {
    EXPECT_EQ(penstock_lease_rate(nullptr), UINT64_MAX);
    penstock_lease_release(nullptr);
    EXPECT_THAT(agent.told(), IsEmpty());
}

}  // namespace
}  // namespace penstock::test
