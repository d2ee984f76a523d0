// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/invocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/ctl/agent_client.h"
#include "client/ctl/duration.h"

namespace penstock::ctl {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

template <typename V>
V understood(std::vector<std::string> words) {
    const auto parsed = parse(std::move(words), "system");
    EXPECT_TRUE(parsed) << parsed.error().sentence;
    return std::get<V>(std::get<Invocation>(*parsed).verb);
}

std::string complaint(std::vector<std::string> words) {
    const auto parsed = parse(std::move(words), "system");
    EXPECT_FALSE(parsed);
    return parsed ? "" : parsed.error().sentence;
}

TEST(Invocation, takes_the_bus_from_the_option_before_the_environment) {
    const auto from_option = parse({"--bus=unix:path=/b", "status"}, "session");
    EXPECT_EQ(std::get<Invocation>(*from_option).bus, "unix:path=/b");
    const auto from_environment = parse({"status"}, "session");
    EXPECT_EQ(std::get<Invocation>(*from_environment).bus, "session");
}

TEST(Invocation, looks_at_the_configuration_of_this_machine_or_of_a_copy) {
    EXPECT_EQ(understood<ConfigCheck>({"config", "check"}).root, "/");
    const auto show = understood<ConfigShow>({"config", "show", "--json", "--sysroot=/copy"});
    EXPECT_EQ(show.root, "/copy");
    EXPECT_TRUE(show.json);
    EXPECT_THAT(complaint({"config", "mend"}), HasSubstr("check"));
    EXPECT_FALSE(complaint({"config"}).empty());
}

TEST(Invocation, chooses_a_policy_with_its_settings) {
    const auto plain = understood<PolicySet>({"policy", "set", "observe-only"});
    EXPECT_EQ(plain.name, "observe-only");
    EXPECT_EQ(plain.settings, PolicySettings());
    const auto told =
        understood<PolicySet>({"policy", "set", "fair-share", "QuantumSec=5ms", "SettleSec=0"});
    EXPECT_EQ(told.settings,
              (PolicySettings{.settle = milliseconds(0), .quantum = milliseconds(5)}));
    // Another version of the agent may know it.
    EXPECT_EQ(understood<PolicySet>({"policy", "set", "newest"}).name, "newest");
    EXPECT_THAT(complaint({"policy", "set", "fair-share", "Quantum=5ms"}),
                HasSubstr("did you mean QuantumSec? There are: "));
    EXPECT_THAT(complaint({"policy", "set", "fair-share", "QuantumSec=5us"}),
                HasSubstr("QuantumSec: \"5us\" is not a time span from 1ms to 1s"));
    EXPECT_THAT(complaint({"policy", "set", "fair-share", "Runners=2"}),
                HasSubstr("does not take Runners: it takes SettleSec, QuantumSec"));
    EXPECT_THAT(complaint({"policy", "set", "fair-share", "5ms"}), HasSubstr("Setting=value"));
    EXPECT_THAT(complaint({"policy", "set"}), HasSubstr("which policy?"));
}

TEST(Invocation, asks_about_policies_and_processes) {
    EXPECT_TRUE(understood<PolicyList>({"policy", "list", "--json"}).json);
    EXPECT_FALSE(understood<PolicyShow>({"policy", "show"}).json);
    const auto all = understood<PolicyExplain>({"policy", "explain", "42"});
    EXPECT_EQ(all.pid, 42U);
    EXPECT_FALSE(all.queue || all.gpu_id);
    const auto one = understood<PolicyExplain>({"policy", "explain", "42", "gpu=7", "queue=3"});
    EXPECT_EQ(one.queue, 3U);
    EXPECT_EQ(one.gpu_id, 7U);
    EXPECT_EQ(understood<PolicyExplain>({"policy", "explain", "42", "gpu=7"}).gpu_id, 7U);
    EXPECT_FALSE(complaint({"policy", "explain"}).empty());
    EXPECT_FALSE(complaint({"policy", "explain", "me"}).empty());
    EXPECT_FALSE(complaint({"policy", "explain", "42", "queue=x"}).empty());
    EXPECT_FALSE(complaint({"policy", "explain", "42", "queue=1", "queue=2"}).empty());
    EXPECT_FALSE(complaint({"policy", "list", "all"}).empty());
    EXPECT_THAT(complaint({"policy", "mend"}), HasSubstr("explain"));
}

TEST(Invocation, reads_a_priority) {
    const auto verb = understood<SetTerms>({"set", "42", "priority=10"});
    EXPECT_EQ(verb.pid, 42U);
    EXPECT_EQ(verb.terms.priority, 10);
    EXPECT_EQ(verb.terms.weight, std::nullopt);
    EXPECT_EQ(understood<SetTerms>({"set", "42", "priority=-20"}).terms.priority, -20);
}

TEST(Invocation, reads_all_terms_of_a_process) {
    const auto terms = understood<SetTerms>(
                           {"set", "42", "weight=200", "class=batch", "deadline=50ms", "cost=none"})
                           .terms;
    EXPECT_EQ(terms.weight, 200U);
    EXPECT_EQ(terms.service_class, "batch");
    EXPECT_EQ(terms.deadline, milliseconds(50));
    EXPECT_EQ(terms.cost, Duration{});
    EXPECT_EQ(terms.priority, std::nullopt);
}

TEST(Invocation, refuses_terms_that_make_no_sense) {
    EXPECT_THAT(complaint({"set", "42", "weight=-1"}), HasSubstr("expected weight=N"));
    EXPECT_THAT(complaint({"set", "42", "class="}), HasSubstr("expected class="));
    EXPECT_THAT(complaint({"set", "42", "priority=1", "deadline=50"}),
                HasSubstr("expected deadline=SPAN"));
    EXPECT_THAT(complaint({"set", "42", "cost=soon"}), HasSubstr("expected cost=SPAN"));
    EXPECT_THAT(complaint({"set", "42", "weight=1", "weight=2"}),
                HasSubstr("comes after another value"));
    EXPECT_THAT(complaint({"set", "42"}), HasSubstr("KEY=VALUE"));
}

TEST(Invocation, refuses_other_assignments) {
    for (const char* wrong : {"priority",
                              "priority=",
                              "priority=ten",
                              "priority=1.5",
                              "prio=1",
                              "priority=99999999999",
                              "priority=1 "}) {
        EXPECT_THAT(complaint({"set", "42", wrong}), HasSubstr("expected priority=N"));
    }
}

TEST(Invocation, refuses_what_is_no_pid) {
    for (const char* wrong : {"0", "x", "4294967296", "+4", "", "4 2"}) {
        EXPECT_THAT(complaint({"set", wrong, "priority=1"}), HasSubstr("is not a pid"));
    }
}

TEST(Invocation, preempts_for_200_ms_unless_told) {
    EXPECT_EQ(understood<Preempt>({"preempt", "42"}).longest, milliseconds(200));
    EXPECT_EQ(understood<Preempt>({"preempt", "42", "--for=3s"}).longest, milliseconds(3000));
    EXPECT_THAT(complaint({"preempt", "42", "--for=3"}),
                HasSubstr("--for=\"3\" is not a duration"));
}

TEST(Invocation, resets_a_process) {
    EXPECT_EQ(understood<Reset>({"reset", "42"}).pid, 42U);
    EXPECT_FALSE(parse({"reset"}, "system"));
    EXPECT_FALSE(parse({"reset", "-1"}, "system"));
}

TEST(Invocation, registers_a_task_with_or_without_terms) {
    const auto task = understood<Register>(
        {"register", "42", "--job=7", "--user", "alice", "priority=5", "class=batch"});
    EXPECT_EQ(task.pid, 42U);
    EXPECT_EQ(task.job, "7");
    EXPECT_EQ(task.user, "alice");
    EXPECT_EQ(task.terms.priority, 5);
    EXPECT_EQ(task.terms.service_class, "batch");
    EXPECT_FALSE(understood<Register>({"register", "42", "--job=7"}).terms.priority);
    EXPECT_FALSE(parse({"register", "42"}, "system")) << "without a job";
    EXPECT_THAT(complaint({"register", "0", "--job=7"}), HasSubstr("is not a pid"));
    EXPECT_THAT(complaint({"register", "42", "--job=7", "speed=9"}),
                HasSubstr("expected priority=N"));
}

TEST(Invocation, traces_into_a_file_for_a_while_or_until_interrupted) {
    EXPECT_EQ(understood<Trace>({"trace", "a.json"}).file, "a.json");
    EXPECT_FALSE(understood<Trace>({"trace", "-"}).length);
    EXPECT_EQ(understood<Trace>({"trace", "-", "--seconds=3"}).length, milliseconds(3000));
    EXPECT_FALSE(parse({"trace"}, "system"));
    EXPECT_FALSE(parse({"trace", "-", "--seconds=0"}, "system"));
}

TEST(Invocation, asks_for_all_history_or_for_one_series) {
    EXPECT_TRUE(understood<History>({"history", "--all"}).all);
    EXPECT_FALSE(understood<History>({"history", "queues"}).all);
    EXPECT_FALSE(parse({"history", "queues", "--all"}, "system"));
}

TEST(Invocation, resumes_one_or_all_but_says_whom) {
    EXPECT_EQ(understood<Resume>({"resume", "42"}).pid, 42U);
    EXPECT_FALSE(understood<Resume>({"resume", "--all"}).pid);
    EXPECT_THAT(complaint({"resume"}), HasSubstr("Expected a PID or --all"));
    EXPECT_FALSE(parse({"resume", "42", "--all"}, "system"));
}

TEST(Invocation, reads_which_queue_is_meant) {
    EXPECT_FALSE(understood<Preempt>({"preempt", "42"}).queue);
    const auto preempt = understood<Preempt>({"preempt", "42", "queue=3", "--for=1s"});
    EXPECT_EQ(preempt.queue->number, 3U);
    EXPECT_FALSE(preempt.queue->gpu_id);
    const auto resume = understood<Resume>({"resume", "42", "gpu=51432", "queue=0"});
    EXPECT_EQ(resume.pid, 42U);
    EXPECT_EQ(resume.queue->number, 0U);
    EXPECT_EQ(resume.queue->gpu_id, 51432U);
}

TEST(Invocation, refuses_what_names_no_queue) {
    const std::vector<std::vector<std::string>> wrong{{"queue="},
                                                      {"queue=-1"},
                                                      {"queue=one"},
                                                      {"gpu=1"},
                                                      {"queue=1", "gpu=x"},
                                                      {"queue=1", "queue=2"},
                                                      {"queue=1", "prio=2"}};
    for (std::vector<std::string> words : wrong) {
        words.insert(words.begin(), {"preempt", "42"});
        EXPECT_THAT(complaint(words), HasSubstr("expected queue=N, and gpu=ID if wished"));
        words.front() = "resume";
        EXPECT_THAT(complaint(words), HasSubstr("names no queue"));
    }
    EXPECT_FALSE(parse({"preempt", "42", "queue=1", "gpu=2", "queue=3"}, "system"));
    EXPECT_FALSE(parse({"resume", "--all", "queue=1"}, "system"));
}

TEST(Invocation, reads_how_to_tail) {
    const auto verb = understood<Tail>({"tail", "--interval=100ms", "--count=3", "--json"});
    EXPECT_EQ(verb.interval, milliseconds(100));
    EXPECT_EQ(verb.count, 3U);
    EXPECT_TRUE(verb.json);
    EXPECT_FALSE(understood<Tail>({"tail"}).count);
    EXPECT_FALSE(parse({"tail", "--count=0"}, "system"));
    EXPECT_FALSE(parse({"tail", "--interval=0s"}, "system"));
}

TEST(Invocation, reads_which_history_is_meant) {
    const auto names = understood<History>({"history"});
    EXPECT_EQ(names.series, "");
    EXPECT_FALSE(names.json);
    const auto plain = understood<History>({"history", "memory/0/read"});
    EXPECT_EQ(plain.series, "memory/0/read");
    EXPECT_EQ(plain.since, std::chrono::minutes(1));
    EXPECT_EQ(plain.step, milliseconds(1000));
    const auto verb =
        understood<History>({"history", "queues", "--since=10min", "--step=5s", "--json"});
    EXPECT_EQ(verb.since, std::chrono::minutes(10));
    EXPECT_EQ(verb.step, milliseconds(5000));
    EXPECT_TRUE(verb.json);
    EXPECT_THAT(complaint({"history", "queues", "--since=1h"}), HasSubstr("--since=\"1h\""));
    EXPECT_THAT(complaint({"history", "queues", "--step=0s"}), HasSubstr("--step=\"0s\""));
    EXPECT_FALSE(parse({"history", "queues", "memory/0/read"}, "system"));
}

TEST(Invocation, dumps_without_a_word_more) {
    understood<Dump>({"dump"});
    EXPECT_FALSE(parse({"dump", "--json"}, "system"));
}

TEST(Invocation, lists_as_a_table_or_json) {
    EXPECT_FALSE(understood<List>({"list"}).json);
    EXPECT_TRUE(understood<List>({"list", "--json"}).json);
}

TEST(Invocation, reads_what_to_examine) {
    EXPECT_EQ(understood<Doctor>({"doctor"}).root, "/");
    EXPECT_FALSE(understood<Doctor>({"doctor"}).json);
    const auto verb = understood<Doctor>({"doctor", "--json", "--root=/mnt"});
    EXPECT_EQ(verb.root, "/mnt");
    EXPECT_EQ(understood<Doctor>({"doctor", "--sysroot=/mnt"}).root, "/mnt");
    EXPECT_TRUE(verb.json);
    EXPECT_FALSE(parse({"doctor", "/mnt"}, "system"));
}

TEST(Invocation, reads_what_to_record_and_for_how_long) {
    const auto plain = understood<Record>({"record", "-"});
    EXPECT_EQ(plain.file, "-");
    EXPECT_EQ(plain.interval, milliseconds(100));
    EXPECT_FALSE(plain.duration);
    EXPECT_EQ(plain.root, "/");
    const auto verb =
        understood<Record>({"record", "f", "--duration=10s", "--interval=5ms", "--sysroot=/mnt"});
    EXPECT_EQ(verb.duration, milliseconds(10'000));
    EXPECT_EQ(verb.interval, milliseconds(5));
    EXPECT_EQ(verb.root, "/mnt");
    EXPECT_FALSE(parse({"record"}, "system"));
    EXPECT_THAT(complaint({"record", "f", "--duration=1"}), HasSubstr("--duration=\"1\""));
    EXPECT_THAT(complaint({"record", "f", "--interval=0ms"}), HasSubstr("--interval=\"0ms\""));
}

TEST(Invocation, reads_what_to_decode) {
    const auto verb = understood<Decode>({"decode", "gpu-metrics", "f", "--json"});
    EXPECT_EQ(verb.kind, "gpu-metrics");
    EXPECT_EQ(verb.file, "f");
    EXPECT_TRUE(verb.json);
    EXPECT_FALSE(parse({"decode", "gpu-metrics"}, "system"));
}

TEST(Invocation, needs_exactly_one_known_verb) {
    for (const auto& words : std::vector<std::vector<std::string>>{
             {}, {"dance"}, {"status", "extra"}, {"--frobnicate", "status"}}) {
        const auto parsed = parse(words, "system");
        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().exit, Exit::usage);
    }
}

TEST(Invocation, answers_help_and_version_itself) {
    const auto help = parse({"--help"}, "system");
    EXPECT_THAT(std::get<Answered>(*help).text, HasSubstr("penstockctl"));
    const auto verb_help = parse({"tail", "--help"}, "system");
    EXPECT_THAT(std::get<Answered>(*verb_help).text, HasSubstr("--interval"));
    const auto version = parse({"--version"}, "system");
    EXPECT_EQ(std::get<Answered>(*version).text, "penstockctl " PENSTOCK_VERSION "\n");
}

TEST(Durations, are_whole_numbers_with_a_unit) {
    EXPECT_EQ(parse_duration("500us"), std::chrono::microseconds(500));
    EXPECT_EQ(parse_duration("200ms"), milliseconds(200));
    EXPECT_EQ(parse_duration("1s"), milliseconds(1000));
    EXPECT_EQ(parse_duration("2min"), std::chrono::minutes(2));
    EXPECT_EQ(parse_duration("24min"), std::chrono::minutes(24));
    EXPECT_EQ(parse_duration("1440min"), std::chrono::hours(24));
}

TEST(Durations, are_nothing_else) {
    for (const char* wrong : {"",
                              "s",
                              "1",
                              "0s",
                              "-1s",
                              "+1s",
                              "1.5s",
                              "1 s",
                              "1S",
                              "1h",
                              "1441min",
                              "4294967295min",
                              "99999999999s",
                              "ms1",
                              "1sm"}) {
        EXPECT_FALSE(parse_duration(wrong)) << wrong;
    }
}

TEST(Unreachable, is_nobody_answering_and_not_a_refusal) {
    const auto named = [](const char* name) { return sd_bus_error{name, nullptr, 0}; };
    EXPECT_TRUE(
        means_unreachable(named("org.freedesktop.DBus.Error.ServiceUnknown"), EHOSTUNREACH));
    EXPECT_TRUE(means_unreachable(named("org.freedesktop.DBus.Error.Spawn.ChildExited"), EIO));
    EXPECT_TRUE(means_unreachable(named(nullptr), ETIMEDOUT));
    EXPECT_FALSE(means_unreachable(named("org.freedesktop.DBus.Error.AccessDenied"), EACCES));
    EXPECT_FALSE(means_unreachable(named("org.penstock1.Error.NoSuchProcess"), EIO));
}

}  // namespace
}  // namespace penstock::ctl
