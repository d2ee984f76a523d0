// SPDX-License-Identifier: Apache-2.0

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

Reply set_by_pid(BusPair& pair, std::uint32_t pid, std::int32_t priority, const char* option) {
    return pair.call(root, manager, "SetProcessPriority", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "ui", pid, priority);
        if (option == nullptr) {
            sd_bus_message_append(message, "a{sv}", 0);
        } else {
            sd_bus_message_append(message, "a{sv}", 1, option, "b", 1);
        }
    });
}

Reply preempt(BusPair& pair, std::uint64_t usec, const std::string& reason) {
    return pair.call(process_path, process, "Preempt", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "ts", usec, reason.c_str());
    });
}

TEST(Writes, come_back_as_written_for_every_writable_property) {
    BusPair pair;
    ASSERT_TRUE(pair.set(process_path, process, "Priority", "i", "-7").ok());
    EXPECT_EQ(pair.get_text(process_path, process, "Priority"), "-7");
    ASSERT_TRUE(pair.set(process_path, process, "Weight", "u", "10000").ok());
    EXPECT_EQ(pair.get_text(process_path, process, "Weight"), "10000");
    ASSERT_TRUE(pair.set(process_path, process, "Class", "s", "batch").ok());
    EXPECT_EQ(pair.get_text(process_path, process, "Class"), "batch");
    ASSERT_TRUE(pair.set(process_path, process, "DeadlineUSec", "t", "3600000000").ok());
    EXPECT_EQ(pair.get_text(process_path, process, "DeadlineUSec"), "3600000000");
    ASSERT_TRUE(pair.set(process_path, process, "CostUSec", "t", "1").ok());
    EXPECT_EQ(pair.get_text(process_path, process, "CostUSec"), "1");
    ASSERT_TRUE(pair.set(process_path, process, "Preemptible", "b", "false").ok());
    EXPECT_EQ(pair.get_text(process_path, process, "Preemptible"), "false");
    ASSERT_TRUE(pair.set(root, manager, "Policy", "s", "observe-only").ok());
    EXPECT_EQ(pair.get_text(root, manager, "Policy"), "observe-only");
    ASSERT_TRUE(pair.set(root, manager, "PreemptionEnabled", "b", "false").ok());
    EXPECT_EQ(pair.get_text(root, manager, "PreemptionEnabled"), "false");
    EXPECT_EQ(pair.get_text(root, manager, "State"), "paused");
    ASSERT_TRUE(pair.set(root, manager, "DryRun", "b", "true").ok());
    EXPECT_EQ(pair.get_text(root, manager, "DryRun"), "true");
    EXPECT_THAT(pair.loop.asked,
                ElementsAre("priority 4242 -7",
                            "weight 4242 10000",
                            "class 4242 batch",
                            "deadline 4242 3600000000000",
                            "cost 4242 1000",
                            "preemptible 4242 false",
                            "policy observe-only",
                            "preemption false",
                            "dry run true"));
}

TEST(Writes, leave_the_neighbours_alone) {
    BusPair pair;
    ASSERT_TRUE(pair.set(process_path, process, "Priority", "i", "5").ok());
    EXPECT_EQ(pair.get_text("/org/penstock1/process/4300", process, "Priority"), "0");
    EXPECT_EQ(pair.get_text(process_path, process, "PID"), "4242");
    EXPECT_EQ(pair.get_text(process_path, process, "Command"), "trainer");
}

TEST(Writes, are_announced_once_with_their_source) {
    BusPair pair;
    ASSERT_TRUE(pair.set(process_path, process, "Priority", "i", "5").ok());
    pair.loop.publish();
    EXPECT_THAT(
        pair.heard(),
        ElementsAre(Heard{"PropertiesChanged", process_path, {"Priority", "PrioritySource"}}));
    EXPECT_EQ(pair.get_text(process_path, process, "PrioritySource"),
              "dbus:" + std::to_string(::geteuid()));
}

TEST(Writes, are_announced_even_when_the_loop_does_not_publish) {
    BusPair pair;
    pair.loop.publisher = nullptr;
    ASSERT_TRUE(pair.set(root, manager, "Policy", "s", "observe-only").ok());
    ASSERT_TRUE(set_by_pid(pair, 4242, 3, nullptr).ok());
    EXPECT_THAT(
        pair.heard(),
        ElementsAre(Heard{"PropertiesChanged", root, {"Policy", "PolicySettings"}},
                    Heard{"PropertiesChanged", process_path, {"Priority", "PrioritySource"}}));
}

TEST(Writes, of_the_present_value_are_not_announced_again) {
    BusPair pair;
    ASSERT_TRUE(pair.set(root, manager, "Policy", "s", "fixed-priority").ok());
    EXPECT_THAT(pair.heard(), IsEmpty());
}

TEST(Writes, of_a_priority_out_of_range_name_the_range) {
    BusPair pair;
    for (const char* wrong : {"21", "-21", "2147483647"}) {
        const Reply reply = pair.set(process_path, process, "Priority", "i", wrong);
        EXPECT_EQ(reply.error_name, invalid_args);
        EXPECT_EQ(reply.error_sentence,
                  std::string("priority ") + wrong + " is out of range: priorities are -20..20");
    }
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

TEST(Writes, of_the_wrong_type_are_refused) {
    BusPair pair;
    EXPECT_EQ(pair.set(process_path, process, "Priority", "s", "high").error_name, invalid_args);
    EXPECT_EQ(pair.set(process_path, process, "PID", "i", "1").error_name,
              "org.freedesktop.DBus.Error.PropertyReadOnly");
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

TEST(Writes, of_an_unknown_policy_name_the_policies_there_are) {
    BusPair pair;
    const Reply reply = pair.set(root, manager, "Policy", "s", "lot\ntery");
    EXPECT_EQ(reply.error_name, "org.penstock1.Error.NoSuchPolicy");
    EXPECT_THAT(reply.error_sentence, HasSubstr("there is no policy \"lot?tery\""));
    EXPECT_THAT(reply.error_sentence, HasSubstr("fixed-priority"));
}

TEST(Writes, with_an_overlong_string_are_refused) {
    BusPair pair;
    EXPECT_EQ(pair.set(root, manager, "Policy", "s", std::string(257, 'x')).error_name,
              invalid_args);
    EXPECT_EQ(preempt(pair, 1000, std::string(257, 'x')).error_sentence,
              "a string is longer than 256 bytes");
    EXPECT_TRUE(preempt(pair, 1000, std::string(256, 'x')).ok());
}

TEST(Writes, that_exempt_a_process_name_who_did_it_and_let_nobody_preempt_it) {
    BusPair pair;
    ASSERT_TRUE(pair.set(process_path, process, "Preemptible", "b", "false").ok());
    EXPECT_EQ(pair.get_text(process_path, process, "PreemptibleSource"),
              "dbus:" + std::to_string(::geteuid()));
    EXPECT_THAT(pair.heard(),
                ElementsAre(Heard{
                    "PropertiesChanged", process_path, {"Preemptible", "PreemptibleSource"}}));
    const Reply reply = preempt(pair, 1000, "test");
    EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.NotSupported");
    EXPECT_THAT(reply.error_sentence, HasSubstr("exempt"));
    ASSERT_TRUE(pair.set(process_path, process, "Preemptible", "b", "true").ok());
    EXPECT_TRUE(preempt(pair, 1000, "test").ok());
}

TEST(SetProcessPriority, reaches_the_loop_by_pid) {
    BusPair pair;
    EXPECT_TRUE(set_by_pid(pair, 4300, 20, nullptr).ok());
    EXPECT_THAT(pair.loop.asked, ElementsAre("priority 4300 20"));
}

TEST(SetProcessPriority, tells_kinds_of_unknown_pids_apart) {
    BusPair pair;
    EXPECT_EQ(set_by_pid(pair, 0, 1, nullptr).error_sentence,
              "0 is not a pid: pids are 1..4194304");
    EXPECT_EQ(set_by_pid(pair, 4294967295U, 1, nullptr).error_name, invalid_args);
    // This machine's kernel gives out no pid as high as the limit itself.
    EXPECT_EQ(set_by_pid(pair, 4194304, 1, nullptr).error_name,
              "org.penstock1.Error.NoSuchProcess");
    const auto self = static_cast<std::uint32_t>(::getpid());
    EXPECT_EQ(set_by_pid(pair, self, 1, nullptr).error_name, "org.penstock1.Error.NotManaged");
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

TEST(SetProcessPriority, refuses_an_option_it_does_not_know) {
    BusPair pair;
    const Reply reply = set_by_pid(pair, 4242, 1, "sticky");
    EXPECT_EQ(reply.error_name, invalid_args);
    EXPECT_THAT(reply.error_sentence, HasSubstr("no option \"sticky\""));
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

TEST(SetProcessPriority, passes_on_why_the_loop_could_not) {
    BusPair pair;
    pair.loop.failure = Error{.code = 0, .doing = "the gate does not answer"};
    const Reply reply = set_by_pid(pair, 4242, 1, nullptr);
    EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.Failed");
    EXPECT_EQ(reply.error_sentence, "the gate does not answer");
    EXPECT_EQ(pair.get_text(process_path, process, "PrioritySource"), "default");
    EXPECT_THAT(pair.heard(), IsEmpty());
}

TEST(SetProcessPriority, survives_the_end_of_the_process_meanwhile) {
    BusPair pair;
    pair.loop.lose_processes_first = true;
    EXPECT_EQ(set_by_pid(pair, 4242, 1, nullptr).error_name, "org.penstock1.Error.ProcessGone");
    EXPECT_EQ(pair.get_text(process_path, process, "Priority"),
              "org.freedesktop.DBus.Error.UnknownObject");
}

Reply set_properties(BusPair& pair, std::uint64_t id, const char* property, std::int32_t value) {
    return pair.call(root, manager, "SetProcessProperties", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "uta{sv}", 4242U, id, 1, property, "i", value);
    });
}

TEST(SetProcessProperties, sets_what_is_named_of_the_incarnation_that_is_meant) {
    BusPair pair;
    EXPECT_TRUE(set_properties(pair, 0, "Priority", 3).ok());
    EXPECT_TRUE(set_properties(pair, 1, "Priority", -4).ok());
    EXPECT_EQ(set_properties(pair, 2, "Priority", 5).error_name, "org.penstock1.Error.ProcessGone");
    EXPECT_THAT(pair.loop.asked, ElementsAre("priority 4242 3", "priority 4242 -4"));
}

TEST(SetProcessProperties, sets_nothing_when_anything_is_wrong) {
    BusPair pair;
    EXPECT_THAT(set_properties(pair, 0, "Prority", 3).error_sentence,
                HasSubstr("no property \"Prority\""));
    EXPECT_THAT(set_properties(pair, 0, "Priority", 30).error_sentence, HasSubstr("-20..20"));
    const Reply wrong =
        pair.call(root, manager, "SetProcessProperties", [](sd_bus_message* message) {
            sd_bus_message_append(
                message, "uta{sv}", 4242U, std::uint64_t{0}, 1, "Priority", "s", "x");
        });
    EXPECT_EQ(wrong.error_name, invalid_args);
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

TEST(Preempt, reaches_the_loop_in_nanoseconds_and_resume_ends_it) {
    BusPair pair;
    EXPECT_TRUE(preempt(pair, 200'000, "maintenance").ok());
    EXPECT_TRUE(pair.call(process_path, process, "Resume").ok());
    EXPECT_THAT(pair.loop.asked, ElementsAre("preempt 4242 200000000", "resume 4242"));
}

TEST(Preempt, is_bounded_by_the_longest_hold) {
    BusPair pair;
    EXPECT_TRUE(preempt(pair, 60'000'000, "").ok());
    for (const std::uint64_t wrong : {std::uint64_t{0}, std::uint64_t{60'000'001}, UINT64_MAX}) {
        EXPECT_THAT(preempt(pair, wrong, "").error_sentence, HasSubstr("1..60000000 us"));
    }
}

TEST(Preempt, is_refused_while_preemption_is_disabled) {
    BusPair pair;
    pair.loop.snapshot.preemption_enabled = false;
    pair.loop.publish();
    EXPECT_EQ(preempt(pair, 1000, "").error_name, "org.penstock1.Error.PreemptionDisabled");
}

TEST(DryRun, is_announced_with_the_state_it_makes) {
    BusPair pair;
    pair.heard();
    ASSERT_TRUE(pair.set(root, manager, "DryRun", "b", "true").ok());
    EXPECT_THAT(pair.heard(), ElementsAre(Heard{"PropertiesChanged", root, {"DryRun", "State"}}));
    EXPECT_EQ(pair.get_text(root, manager, "State"), "dry-run");
    ASSERT_TRUE(pair.set(root, manager, "PreemptionEnabled", "b", "false").ok());
    EXPECT_EQ(pair.get_text(root, manager, "State"), "paused");
}

TEST(DryRun, refuses_what_an_operator_would_suspend) {
    BusPair pair;
    ASSERT_TRUE(pair.set(root, manager, "DryRun", "b", "true").ok());
    const Reply whole = preempt(pair, 1000, "");
    EXPECT_EQ(whole.error_name, "org.penstock1.Error.PreemptionDisabled");
    EXPECT_EQ(whole.error_sentence,
              "nothing is suspended in a dry run: set the manager's DryRun to false first");
    ASSERT_TRUE(pair.set(root, manager, "DryRun", "b", "false").ok());
    EXPECT_TRUE(preempt(pair, 1000, "").ok());
}

TEST(DryRun, stays_as_it_was_when_the_loop_could_not) {
    BusPair pair;
    pair.loop.failure = Error{.code = 0, .doing = "the gate does not answer"};
    EXPECT_EQ(pair.set(root, manager, "DryRun", "b", "true").error_sentence,
              "the gate does not answer");
    EXPECT_EQ(pair.get_text(root, manager, "DryRun"), "false");
}

TEST(Preempt, says_why_a_process_has_no_rung) {
    BusPair pair;
    pair.loop.snapshot.owners[0].level = PreemptionLevel::none;
    pair.loop.snapshot.owners[0].level_reason = "it is traced by pid 77";
    pair.loop.publish();
    const Reply reply = preempt(pair, 1000, "");
    EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.NotSupported");
    EXPECT_EQ(reply.error_sentence, "process 4242 can not be preempted: it is traced by pid 77");
}

Reply preempt_queue(BusPair& pair, std::uint32_t gpu, std::uint32_t queue, std::uint64_t usec) {
    return pair.call(process_path, process, "PreemptQueue", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "uuts", gpu, queue, usec, "maintenance");
    });
}

Reply resume_queue(BusPair& pair, std::uint32_t gpu, std::uint32_t queue) {
    return pair.call(process_path, process, "ResumeQueue", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "uu", gpu, queue);
    });
}

TEST(PreemptQueue, reaches_the_loop_and_resume_ends_it) {
    BusPair pair;
    EXPECT_TRUE(preempt_queue(pair, sample_gpu.value, 0, 200'000).ok());
    EXPECT_TRUE(resume_queue(pair, sample_gpu.value, 0).ok());
    EXPECT_THAT(
        pair.loop.asked,
        ElementsAre("preempt 4242 queue 0 on 51432 for 200000000", "resume 4242 queue 0 on 51432"));
}

TEST(PreemptQueue, is_bounded_by_the_longest_hold) {
    BusPair pair;
    EXPECT_TRUE(preempt_queue(pair, sample_gpu.value, 0, 60'000'000).ok());
    for (const std::uint64_t wrong : {std::uint64_t{0}, std::uint64_t{60'000'001}, UINT64_MAX}) {
        EXPECT_THAT(preempt_queue(pair, sample_gpu.value, 0, wrong).error_sentence,
                    HasSubstr("1..60000000 us"));
    }
}

TEST(PreemptQueue, is_refused_for_a_queue_that_does_not_exist) {
    BusPair pair;
    for (const Reply& reply : {preempt_queue(pair, sample_gpu.value, 7, 1000),
                               preempt_queue(pair, 1, 0, 1000),
                               resume_queue(pair, sample_gpu.value, 7)}) {
        EXPECT_EQ(reply.error_name, "org.penstock1.Error.NoSuchQueue");
    }
    EXPECT_EQ(resume_queue(pair, 1, 0).error_sentence,
              "process 4242 has no queue 0 on device 1: ListQueues shows those it has");
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

TEST(PreemptQueue, is_refused_while_preemption_is_disabled) {
    BusPair pair;
    pair.loop.snapshot.preemption_enabled = false;
    pair.loop.publish();
    EXPECT_EQ(preempt_queue(pair, sample_gpu.value, 0, 1000).error_name,
              "org.penstock1.Error.PreemptionDisabled");
}

TEST(PreemptQueue, is_refused_in_a_dry_run) {
    BusPair pair;
    pair.loop.snapshot.dry_run = true;
    pair.loop.publish();
    EXPECT_EQ(preempt_queue(pair, sample_gpu.value, 0, 1000).error_name,
              "org.penstock1.Error.PreemptionDisabled");
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

TEST(PreemptQueue, names_a_rung_that_takes_no_single_queues_and_what_would_work) {
    BusPair pair;
    pair.loop.snapshot.owners[0].level = PreemptionLevel::cooperative_save;
    pair.loop.publish();
    const Reply reply = preempt_queue(pair, sample_gpu.value, 0, 1000);
    EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.NotSupported");
    EXPECT_THAT(reply.error_sentence, HasSubstr("cooperative-save"));
    EXPECT_THAT(reply.error_sentence, HasSubstr("debug-suspend and vendor-ioctl"));
    EXPECT_THAT(pair.loop.asked, IsEmpty());
}

TEST(PreemptQueue, passes_on_why_the_loop_could_not) {
    BusPair pair;
    pair.loop.failure = Error{.code = 0, .doing = "the gate does not answer"};
    EXPECT_EQ(preempt_queue(pair, sample_gpu.value, 0, 1000).error_sentence,
              "the gate does not answer");
    EXPECT_EQ(resume_queue(pair, sample_gpu.value, 0).error_sentence, "the gate does not answer");
}

TEST(ResumeAll, answers_how_many_queues_it_reached) {
    BusPair pair;
    const Reply reply = pair.call(root, manager, "ResumeAll");
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(text_at(reply.message.get()), "3");
}

}  // namespace
}  // namespace penstock::test
