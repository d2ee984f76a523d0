// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/self_requests.h"

#include <fcntl.h>
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
constexpr const char* process = "org.penstock1.Process";
constexpr const char* invalid_args = "org.freedesktop.DBus.Error.InvalidArgs";
const std::string root = "/org/penstock1";

Reply with_descriptor(BusPair& pair, int number) {
    return pair.call(root, manager, "RegisterSelf", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "ha{sv}", number, 0);
    });
}

// This process; the loop takes any for the one with pid 4242.
Fd self() {
    return open_pidfd(::getpid()).value();
}

template <typename T>
Reply with_property(BusPair& pair, const char* name, const char* type, T value) {
    const Fd pidfd = self();
    return pair.call(root, manager, "RegisterSelf", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "ha{sv}", pidfd.get(), 1, name, type, value);
    });
}

TEST(RegisterSelf, answers_with_the_object_and_a_page) {
    BusPair pair;
    const Reply reply = with_descriptor(pair, self().get());
    ASSERT_TRUE(reply.ok()) << reply.error_sentence;
    const char* path = nullptr;
    int page = -1;
    ASSERT_GT(sd_bus_message_read(reply.message.get(), "oh", &path, &page), 0);
    EXPECT_EQ(path, process_path);
    EXPECT_GE(::fcntl(page, F_GETFD), 0);
    EXPECT_THAT(pair.loop.asked, ElementsAre("register self"));
}

TEST(RegisterSelf, sets_terms_as_they_are_set_elsewhere) {
    BusPair pair;
    const Reply reply = with_property(pair, "Priority", "i", -3);
    ASSERT_TRUE(reply.ok()) << reply.error_sentence;
    EXPECT_THAT(pair.loop.asked, ElementsAre("register self", "priority 4242 -3"));
    EXPECT_EQ(pair.get_text(process_path, process, "Priority"), "-3");
    pair.loop.asked.clear();
    EXPECT_THAT(with_property(pair, "Priority", "i", 21).error_sentence,
                HasSubstr("priorities are -20..20"));
    EXPECT_THAT(with_property(pair, "Preemptible", "b", 0).error_sentence,
                HasSubstr("there is no property \"Preemptible\""));
    EXPECT_THAT(pair.loop.asked, IsEmpty()) << "nothing is done by halves";
}

TEST(RegisterSelf, sets_no_terms_before_there_is_a_queue) {
    BusPair pair;
    pair.loop.snapshot.owners.clear();
    pair.loop.snapshot.queues.clear();
    pair.loop.publish();
    pair.loop.nobody_has_queues = true;
    const Reply refused = with_property(pair, "Priority", "i", -3);
    EXPECT_EQ(refused.error_name, "org.penstock1.Error.NotManaged");
    EXPECT_THAT(pair.loop.asked, IsEmpty());
    EXPECT_TRUE(with_descriptor(pair, self().get()).ok()) << "but it may register";
}

TEST(RegisterSelf, refuses_what_is_no_running_process) {
    BusPair pair;
    EXPECT_EQ(with_descriptor(pair, STDERR_FILENO).error_name, invalid_args);
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(0);
    }
    const Fd dead = open_pidfd(child).value();
    ::waitpid(child, nullptr, 0);
    const Reply refused = with_descriptor(pair, dead.get());
    EXPECT_EQ(refused.error_name, invalid_args);
    EXPECT_THAT(refused.error_sentence, HasSubstr("not that of a running process"));
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

TEST(RegisterSelf, says_why_the_loop_did_not_take_it) {
    BusPair pair;
    const auto refused_with = [&](int code) {
        pair.loop.registration_failure = Error{.code = code, .doing = "that is so"};
        return with_descriptor(pair, self().get());
    };
    EXPECT_EQ(refused_with(ESRCH).error_name, "org.penstock1.Error.NoSuchProcess");
    EXPECT_EQ(refused_with(EDQUOT).error_name, "org.freedesktop.DBus.Error.LimitsExceeded");
    EXPECT_EQ(refused_with(EDQUOT).error_sentence, "that is so");
    EXPECT_EQ(refused_with(0).error_name, invalid_args);
}

// Who may: as for terms, so that what holds for those (authorize_test.cpp) holds here.
TEST(RegisterSelf, takes_what_terms_take) {
    EXPECT_EQ(dbus::access_of(dbus::MemberKind::method, manager, "RegisterSelf"),
              dbus::Access::priority);
}

TEST(ReportedProgress, is_shown_with_its_unit_and_its_origin) {
    BusPair pair;
    EXPECT_EQ(pair.get_text(process_path, process, "ProgressPerSecond"), "-1");
    EXPECT_EQ(pair.get_text(process_path, process, "ProgressUnit"), "unknown");
    Owner& owner = pair.loop.snapshot.owners.at(0);
    owner.use.progress = {.value = 30.5,
                          .source = "counted by the process itself",
                          .confidence = Confidence::heuristic};
    owner.use.progress_of_best = {.value = 0.75, .confidence = Confidence::heuristic};
    owner.hints = {
        .unit = ProgressUnit::tokens, .phase = WorkPhase::decode, .batch = 64, .next_bytes = 1000};
    pair.loop.publish();
    EXPECT_EQ(pair.get_text(process_path, process, "ProgressPerSecond"), "30.5");
    EXPECT_EQ(pair.get_text(process_path, process, "ProgressOfBest"), "0.75");
    EXPECT_EQ(pair.get_text(process_path, process, "ProgressUnit"), "tokens");
    EXPECT_EQ(pair.get_text(process_path, process, "Phase"), "decode");
    EXPECT_EQ(pair.get_text(process_path, process, "WantedBatch"), "64");
    EXPECT_EQ(pair.get_text(process_path, process, "NextBytes"), "1000");
    EXPECT_THAT(pair.get_text(process_path, process, "Origins"),
                HasSubstr("counted by the process itself"));
}

}  // namespace
}  // namespace penstock::test
