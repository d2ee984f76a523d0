// SPDX-License-Identifier: Apache-2.0
//
// penstockctl and busctl against the shipped bus service, over a bus of the test's own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/ctl/child.h"
#include "tests/unit/doctor/machine.h"

namespace penstock::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

class EndToEnd : public testing::Test {
  protected:
    // dbus-daemon listens below /tmp and removes its socket at the end.
    Child bus_{{"dbus-daemon", "--session", "--nofork", "--print-address"}};
    std::string address_ = bus_.read_line();
    Child agent_{{PENSTOCK_FAKE_AGENT, address_}};

    void SetUp() override { ASSERT_EQ(agent_.read_line(), "ready"); }

    Ended ctl(std::vector<std::string> words) {
        words.insert(words.begin(), {PENSTOCKCTL, "--bus=" + address_});
        return run_to_end(words);
    }

    Ended busctl(std::vector<std::string> words) {
        words.insert(words.begin(), {"busctl", "--address=" + address_});
        return run_to_end(words);
    }
};

TEST_F(EndToEnd, status_shows_agent_devices_and_memory) {
    const Ended ended = ctl({"status"});
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_THAT(ended.output,
                HasSubstr("running, policy fixed-priority, preemption enabled, "
                          "3 queues, 2 suspended"));
    EXPECT_THAT(ended.output, HasSubstr("20.0 GB/s"));
    EXPECT_THAT(ended.output, HasSubstr("emulated"));
}

TEST_F(EndToEnd, a_policy_is_chosen_and_shown_with_its_settings) {
    const Ended set = ctl({"policy", "set", "fair-share", "QuantumSec=7ms"});
    ASSERT_EQ(set.status, 0) << set.errors;
    EXPECT_EQ(set.output, "the policy is fair-share\n");
    const Ended show = ctl({"policy", "show"});
    EXPECT_THAT(show.output, StartsWith("policy fair-share: processes take turns by weight"));
    EXPECT_THAT(show.output, HasSubstr("QuantumSec    7ms  a time span from 1ms to 1s"));
    EXPECT_EQ(json::parse(ctl({"policy", "show", "--json"}).output),
              json({{"name", "fair-share"},
                    {"settings", {{"SettleSec", 0.001}, {"QuantumSec", 0.007}, {"Hard", false}}}}));
    const Ended wrong = ctl({"policy", "set", "fairshare"});
    EXPECT_EQ(wrong.status, 1);
    EXPECT_THAT(wrong.errors, HasSubstr("did you mean fair-share?"));
}

TEST_F(EndToEnd, policies_are_listed_and_the_present_one_is_marked) {
    const json listed = json::parse(ctl({"policy", "list", "--json"}).output);
    std::vector<std::string> present;
    for (const json& each : listed) {
        if (each["present"] == true) {
            present.push_back(each["name"]);
        }
    }
    EXPECT_GE(listed.size(), 17U);
    EXPECT_EQ(present, std::vector<std::string>{"fixed-priority"});
    EXPECT_THAT(ctl({"policy", "list"}).output,
                HasSubstr("\n*  fixed-priority      processes with work yield"));
}

TEST_F(EndToEnd, a_process_is_explained) {
    const Ended ended = ctl({"policy", "explain", "4300"});
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_THAT(ended.output, StartsWith("device 51432, queues 0, 1: preempted\n  suspended for "));
    const Ended one = ctl({"policy", "explain", "4300", "queue=1", "--json"});
    const json rows = json::parse(one.output);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["queues"], json({1}));
    EXPECT_EQ(rows[0]["state"], "preempted");
    EXPECT_GE(rows[0]["sentences"].size(), 2U);
    EXPECT_EQ(ctl({"policy", "explain", "4300", "queue=9"}).status, 1);
}

TEST_F(EndToEnd, a_priority_set_by_busctl_is_listed) {
    const Ended set = busctl({"set-property",
                              "org.penstock1",
                              "/org/penstock1/process/4242",
                              "org.penstock1.Process",
                              "Priority",
                              "i",
                              "10"});
    ASSERT_EQ(set.status, 0) << set.errors;
    const Ended list = ctl({"list", "--json"});
    ASSERT_EQ(list.status, 0) << list.errors;
    const json processes = json::parse(list.output);
    ASSERT_EQ(processes.size(), 2U);
    EXPECT_EQ(processes[0]["pid"], 4242);
    EXPECT_EQ(processes[0]["priority"], 10);
    EXPECT_EQ(processes[0]["priority_source"], "dbus:" + std::to_string(::geteuid()));
    EXPECT_EQ(processes[1]["state"], "preempted");
}

TEST_F(EndToEnd, a_priority_set_by_penstockctl_is_seen_by_busctl) {
    ASSERT_EQ(ctl({"set", "4300", "priority=-3"}).status, 0);
    const Ended got = busctl({"--json=short",
                              "get-property",
                              "org.penstock1",
                              "/org/penstock1/process/4300",
                              "org.penstock1.Process",
                              "Priority"});
    EXPECT_EQ(json::parse(got.output), json({{"type", "i"}, {"data", -3}}));
}

TEST_F(EndToEnd, all_terms_are_set_together_or_not_at_all) {
    const Ended set =
        ctl({"set", "4300", "weight=200", "class=batch", "deadline=50ms", "cost=1500us"});
    ASSERT_EQ(set.status, 0) << set.errors;
    EXPECT_EQ(set.output, "process 4300 has weight 200, class batch, deadline 50ms, cost 1500us\n");
    const Ended wrong = ctl({"set", "4300", "weight=300", "class=urgent"});
    EXPECT_EQ(wrong.status, 1);
    EXPECT_THAT(wrong.errors, HasSubstr("there is no class \"urgent\""));
    const json listed = json::parse(ctl({"list", "--json"}).output)[1];
    EXPECT_EQ(listed["weight"], 200);
    EXPECT_EQ(listed["class"], "batch");
    EXPECT_EQ(listed["deadline_seconds"], 0.05);
    EXPECT_EQ(listed["cost_source"], "dbus:" + std::to_string(::geteuid()));
    EXPECT_THAT(ctl({"dump"}).output, HasSubstr("  deadline: 50000 us (dbus:"));
}

TEST_F(EndToEnd, busctl_draws_the_tree_and_prints_the_sentences) {
    const Ended tree = busctl({"tree", "--list", "org.penstock1"});
    EXPECT_THAT(tree.output, HasSubstr("/org/penstock1/process/4300\n"));
    EXPECT_THAT(tree.output, HasSubstr("/org/penstock1/memory/0\n"));
    const Ended wrong = busctl({"call",
                                "org.penstock1",
                                "/org/penstock1",
                                "org.penstock1.Manager",
                                "SetProcessPriority",
                                "uia{sv}",
                                "4242",
                                "99",
                                "0"});
    EXPECT_NE(wrong.status, 0);
    EXPECT_THAT(wrong.errors, HasSubstr("priority 99 is out of range: priorities are -20..20"));
}

TEST_F(EndToEnd, tail_prints_as_many_json_lines_as_asked) {
    const Ended ended = ctl({"tail", "--count=2", "--interval=1ms", "--json"});
    ASSERT_EQ(ended.status, 0) << ended.errors;
    std::istringstream lines(ended.output);
    std::string line;
    int count = 0;
    while (std::getline(lines, line)) {
        const json entry = json::parse(line);
        EXPECT_EQ(entry["memory"][0]["read_bytes_per_second"], 20'000'000'000);
        EXPECT_TRUE(entry["memory"][0]["write_bytes_per_second"].is_null());
        EXPECT_EQ(entry["emulated"], true);
        ++count;
    }
    EXPECT_EQ(count, 2);
}

TEST_F(EndToEnd, history_lists_what_there_is) {
    const Ended table = ctl({"history"});
    ASSERT_EQ(table.status, 0) << table.errors;
    EXPECT_THAT(table.output, StartsWith("SERIES "));
    EXPECT_THAT(table.output, HasSubstr("memory/0/read"));
    const json listed = json::parse(ctl({"history", "--json"}).output);
    EXPECT_EQ(listed["left_out"], 0);
    EXPECT_EQ(listed["series"][0],
              json({{"name", "queues"}, {"unit", "1"}, {"meaning", "queues of all processes"}}));
}

// The agent behind it stands still in its eleventh second.
TEST_F(EndToEnd, history_of_a_time_without_values_is_empty) {
    const Ended ended = ctl({"history", "queues", "--since=1us"});
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_EQ(ended.output, "queues had no value in this time\n");
    const json empty = json::parse(ctl({"history", "queues", "--since=1us", "--json"}).output);
    EXPECT_EQ(empty, json({{"series", "queues"}, {"unit", "1"}, {"points", json::array()}}));
}

TEST_F(EndToEnd, history_of_nothing_that_is_kept_is_refused) {
    const Ended ended = ctl({"history", "dreams"});
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.errors, StartsWith("penstockctl: there is no series \"dreams\""));
    EXPECT_THAT(ctl({"history", "queues", "--step=1500ms"}).errors, HasSubstr("whole seconds"));
}

TEST_F(EndToEnd, a_history_is_read_by_busctl) {
    const Ended got = busctl({"--json=short",
                              "call",
                              "org.penstock1",
                              "/org/penstock1",
                              "org.penstock1.Manager",
                              "GetHistory",
                              "sttta{sv}",
                              "queues-suspended",
                              "0",
                              "0",
                              "0",
                              "0"});
    ASSERT_EQ(got.status, 0) << got.errors;
    EXPECT_EQ(json::parse(got.output)["data"],
              json::array({json::array({json::array({10'000'000, 2, 2, 2})})}));
}

TEST_F(EndToEnd, dump_prints_the_state) {
    const Ended ended = ctl({"dump"});
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_THAT(ended.output, StartsWith("penstock "));
    EXPECT_THAT(ended.output, HasSubstr("\nprocess 4242: trainer, id 1, uid 1000,"));
    EXPECT_THAT(ended.output, HasSubstr("DRAM traffic of memory node 0)\n"));
}

TEST_F(EndToEnd, reset_takes_back_what_was_set) {
    EXPECT_EQ(ctl({"set", "4242", "priority=3"}).status, 0);
    EXPECT_EQ(ctl({"reset", "4242"}).output, "process 4242 runs as the rules and defaults say\n");
    EXPECT_THAT(ctl({"list", "--json"}).output, testing::Not(HasSubstr("dbus:")));
}

TEST_F(EndToEnd, a_task_is_registered_by_its_descriptor) {
    const std::string own = std::to_string(::getpid());
    const Ended done = ctl({"register", own, "--job=4711", "priority=3"});
    EXPECT_EQ(done.status, 0) << done.errors;
    EXPECT_EQ(done.output, "process " + own + " is a task of job 4711\n");
    EXPECT_THAT(ctl({"list", "--json"}).output, HasSubstr("\"job:4711\""));
    EXPECT_THAT(ctl({"register", own, "--job=4 7"}).errors, HasSubstr("is no JobId"));
    EXPECT_THAT(ctl({"register", "4194304", "--job=7"}).errors, HasSubstr("No such process"));
}

TEST_F(EndToEnd, all_history_is_printed_as_it_comes) {
    const Ended all = ctl({"history", "--all", "--since=1440min"});
    ASSERT_EQ(all.status, 0) << all.errors;
    std::istringstream lines(all.output);
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(json::parse(line)["format"], "penstock-history-1");
    EXPECT_THAT(ctl({"history", "--all", "--step=1500ms"}).errors, HasSubstr("whole seconds"));
}

TEST_F(EndToEnd, a_trace_is_whole) {
    const Ended trace = ctl({"trace", "-", "--seconds=1"});
    ASSERT_EQ(trace.status, 0) << trace.errors;
    const json whole = json::parse(trace.output);
    EXPECT_EQ(whole["otherData"]["dropped"], 0);
    EXPECT_TRUE(whole["traceEvents"].is_array());
    EXPECT_THAT(ctl({"trace", "/nowhere/a.trace"}).errors, HasSubstr("create /nowhere/a.trace"));
}

TEST_F(EndToEnd, preempt_and_resume_are_answered) {
    EXPECT_EQ(ctl({"preempt", "4242", "--for=50ms"}).output,
              "process 4242 is preempted for 50 ms\n");
    EXPECT_EQ(ctl({"resume", "4242"}).status, 0);
    EXPECT_EQ(ctl({"resume", "--all"}).output, "3 queues were resumed\n");
}

TEST_F(EndToEnd, one_queue_is_preempted_and_resumed) {
    EXPECT_EQ(ctl({"preempt", "4300", "queue=1", "--for=50ms"}).output,
              "queue 1 of process 4300 is preempted for 50 ms\n");
    EXPECT_EQ(ctl({"resume", "4300", "queue=1", "gpu=51432"}).output,
              "queue 1 of process 4300 is no longer preempted on request\n");
    const Ended unknown = ctl({"preempt", "4300", "queue=9"});
    EXPECT_EQ(unknown.status, 1);
    EXPECT_EQ(unknown.errors, "penstockctl: process 4300 has no queue 9\n");
    EXPECT_THAT(ctl({"resume", "4300", "queue=9", "gpu=51432"}).errors,
                HasSubstr("process 4300 has no queue 9 on device 51432"));
}

TEST_F(EndToEnd, a_refusal_ends_with_1_and_its_sentence) {
    const Ended ended = ctl({"set", "4194304", "priority=1"});
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(ended.errors, "penstockctl: there is no process 4194304\n");
}

TEST_F(EndToEnd, a_second_agent_is_told_who_is_there) {
    const Ended second = run_to_end({PENSTOCK_FAKE_AGENT, address_});
    EXPECT_NE(second.status, 0);
    EXPECT_THAT(second.errors, StartsWith("org.penstock1 is already owned by pid "));
    EXPECT_EQ(ctl({"status"}).status, 0);
}

TEST_F(EndToEnd, a_bus_without_agent_ends_with_3) {
    agent_.end_input();
    const Ended ended = ctl({"status"});
    EXPECT_EQ(ended.status, 3);
    EXPECT_THAT(ended.errors, StartsWith("penstockctl: the agent does not answer: "));
}

TEST_F(EndToEnd, the_doctor_adds_the_agents_processes) {
    const Machine machine;
    const Ended ended = ctl({"doctor", "--root=" + machine.root()});
    EXPECT_THAT(ended.output, HasSubstr("LEVEL"));
    EXPECT_THAT(ended.output, HasSubstr("4242"));
}

TEST(WithoutBus, the_doctor_examines_the_machine) {
    Machine machine;
    machine.write("dev/kfd", "");
    machine.recorded_topology("strixpoint");
    const Ended ended = run_to_end(
        {PENSTOCKCTL, "--bus=unix:path=/nonexistent/bus", "doctor", "--root=" + machine.root()});
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_THAT(ended.output, HasSubstr("gfx1150"));
    EXPECT_THAT(ended.output, HasSubstr("gpu_metrics "));
    EXPECT_THAT(ended.output, HasSubstr("processes are not shown: the bus "));
}

TEST(WithoutBus, the_doctor_ends_with_1_where_nothing_can_be_preempted) {
    const Machine machine;
    const Ended ended = run_to_end({PENSTOCKCTL,
                                    "--bus=unix:path=/nonexistent/bus",
                                    "doctor",
                                    "--json",
                                    "--root=" + machine.root()});
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(json::parse(ended.output)["may_preempt"], false);
    EXPECT_THAT(ended.errors, HasSubstr("nothing can be preempted"));
}

TEST(WithoutBus, the_doctor_ends_with_2_for_a_root_without_files) {
    const Ended ended = run_to_end(
        {PENSTOCKCTL, "--bus=unix:path=/nonexistent/bus", "doctor", "--sysroot=/nonexistent"});
    EXPECT_EQ(ended.status, 2);
    EXPECT_THAT(ended.errors, HasSubstr("--sysroot: list /nonexistent/sys: No such file"));
}

TEST(WithoutBus, the_address_is_named_and_the_status_is_3) {
    const Ended ended = run_to_end({PENSTOCKCTL, "--bus=unix:path=/nonexistent/bus", "status"});
    EXPECT_EQ(ended.status, 3);
    EXPECT_THAT(ended.errors, HasSubstr("\"unix:path=/nonexistent/bus\" can not be reached"));
}

TEST(WithoutBus, nonsense_ends_with_2_before_any_bus_is_asked) {
    EXPECT_EQ(run_to_end({PENSTOCKCTL, "--bus=unix:path=/nonexistent/bus", "set", "1", "x"}).status,
              2);
}

}  // namespace
}  // namespace penstock::test
