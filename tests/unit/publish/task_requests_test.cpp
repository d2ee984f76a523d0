// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/task_requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "agent/publish/access.h"
#include "base/pidfd.h"
#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* manager = "org.penstock1.Manager";
constexpr const char* invalid_args = "org.freedesktop.DBus.Error.InvalidArgs";
const std::string root = "/org/penstock1";

// With the JobId, or without when that is null, and one more property of this type.
template <typename T>
Reply by_pidfd(BusPair& pair, const char* job, const char* name, const char* type, T value) {
    const Result<Fd> pidfd = open_pidfd(::getpid());
    return pair.call(root, manager, "RegisterTask", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "h", pidfd->get());
        sd_bus_message_open_container(message, 'a', "{sv}");
        if (job != nullptr) {
            sd_bus_message_append(message, "{sv}", "JobId", "s", job);
        }
        sd_bus_message_append(message, "{sv}", name, type, value);
        sd_bus_message_close_container(message);
    });
}

Reply by_pid(BusPair& pair, std::uint32_t pid, std::uint32_t uid = 1000) {
    return pair.call(root, manager, "RegisterTaskByPID", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "uua{sv}", pid, uid, 1, "JobId", "s", "7");
    });
}

std::uint32_t own_pid() {
    return static_cast<std::uint32_t>(::getpid());
}

TEST(RegisterTask, hands_the_job_and_its_terms_to_the_loop) {
    BusPair pair;
    const Reply reply = by_pidfd(pair, "cluster/4711.0", "Priority", "i", 5);
    ASSERT_TRUE(reply.ok()) << reply.error_sentence;
    EXPECT_EQ(text_at(reply.message.get()), process_path);
    EXPECT_THAT(pair.loop.asked, ElementsAre("register cluster/4711.0  any", "priority 4242 5"));
    EXPECT_EQ(pair.get_text(process_path, "org.penstock1.Process", "PrioritySource"),
              "job:cluster/4711.0");
}

TEST(RegisterTask, takes_a_job_of_somebody_printable_without_terms) {
    BusPair pair;
    ASSERT_TRUE(by_pidfd(pair, "7", "JobUser", "s", "al\nice").ok());
    EXPECT_THAT(pair.loop.asked, ElementsAre("register 7 al?ice any"));
}

TEST(RegisterTask, refuses_a_job_that_has_no_proper_name) {
    BusPair pair;
    EXPECT_THAT(by_pidfd(pair, nullptr, "Priority", "i", 5).error_sentence,
                HasSubstr("a task needs a JobId"));
    for (const std::string& wrong : {std::string(),
                                     std::string("a b"),
                                     std::string("a\n"),
                                     std::string("="),
                                     std::string(65, 'a')}) {
        const Reply reply = by_pidfd(pair, wrong.c_str(), "Priority", "i", 5);
        EXPECT_EQ(reply.error_name, invalid_args);
        EXPECT_THAT(reply.error_sentence, HasSubstr("is no JobId: it has 1..64 letters"));
    }
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

TEST(RegisterTask, refuses_terms_as_they_are_refused_elsewhere) {
    BusPair pair;
    EXPECT_THAT(by_pidfd(pair, "7", "Priority", "i", 21).error_sentence,
                HasSubstr("priorities are -20..20"));
    EXPECT_THAT(by_pidfd(pair, "7", "Class", "s", "royal").error_sentence,
                HasSubstr("there is no class \"royal\""));
    EXPECT_EQ(by_pidfd(pair, "7", "Preemptible", "b", 0).error_sentence,
              "there is no property \"Preemptible\" of a task: there are JobId, JobUser, Priority, "
              "Weight, Class, DeadlineUSec, CostUSec and DramMaxBytesPerSecond");
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

TEST(RegisterTask, says_why_the_loop_did_not_take_it) {
    BusPair pair;
    const auto refused_with = [&](int code) {
        pair.loop.failure = Error{.code = code, .doing = "that is so"};
        return by_pidfd(pair, "7", "Priority", "i", 5);
    };
    EXPECT_EQ(refused_with(ESRCH).error_name, "org.penstock1.Error.NoSuchProcess");
    EXPECT_EQ(refused_with(EPERM).error_name, "org.penstock1.Error.ProcessGone");
    EXPECT_EQ(refused_with(EDQUOT).error_name, "org.freedesktop.DBus.Error.LimitsExceeded");
    EXPECT_EQ(refused_with(EDQUOT).error_sentence, "that is so");
    EXPECT_EQ(refused_with(0).error_name, invalid_args);
}

TEST(RegisterTask, by_pid_names_the_user) {
    BusPair pair;
    ASSERT_TRUE(by_pid(pair, own_pid()).ok());
    EXPECT_THAT(pair.loop.asked, ElementsAre("register 7  1000"));
    EXPECT_EQ(by_pid(pair, 0).error_name, invalid_args);
    EXPECT_EQ(by_pid(pair, UINT32_MAX).error_name, invalid_args);
}

TEST(RegisterTask, by_pid_knows_who_has_ended) {
    BusPair pair;
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(by_pid(pair, static_cast<std::uint32_t>(child)).error_name,
              "org.penstock1.Error.NoSuchProcess");
}

TEST(RegisterTask, is_for_administrators) {
    for (const char* member : {"RegisterTask", "RegisterTaskByPID"}) {
        EXPECT_EQ(dbus::access_of(dbus::MemberKind::method, manager, member), dbus::Access::manage);
    }
}

}  // namespace
}  // namespace penstock::test
