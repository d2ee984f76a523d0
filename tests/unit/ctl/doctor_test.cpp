// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "agent/probes/source_catalogue.h"
#include "client/ctl/process_advice.h"
#include "tests/unit/doctor/machine.h"

namespace penstock::ctl {
namespace {

using nlohmann::json;
using test::Machine;
using testing::HasSubstr;

ProcessView process(std::uint32_t pid, const std::string& level, const std::string& reason) {
    return {.pid = pid, .command = "infer", .level = level, .level_reason = reason};
}

Outcome<World> no_agent() {
    return fail(Exit::unreachable, "the agent does not answer: nobody owns its name");
}

std::vector<SourceRow> two_sources() {
    return {{.name = "uncore",
             .standing = Standing::available,
             .reason = "6 boxes on package 0",
             .measures = "DRAM traffic"},
            {.name = "gpu_metrics 51432",
             .standing = Standing::later,
             .reason = "it did not answer within 2 s",
             .measures = "what firmware measures"}};
}

std::string golden(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(std::string(PENSTOCK_RECORDED) + "/" + name).rdbuf();
    return text.str();
}

TEST(Examination, prints_the_whole_table_of_a_machine) {
    Machine machine;
    machine.kernel("6.12.90");
    machine.write("proc/sys/kernel/perf_event_paranoid", "3\n");
    machine.recorded_topology("mi308x");
    Examination examination = examination_of(machine.facts_with_driver());
    World world;
    world.processes = {
        process(4242, "debug-suspend", ""),
        process(4300, "none", "debug-suspend: another debugger (pid 77, gdb) is attached")};
    examination.world = std::move(world);
    examination.sources = two_sources();
    EXPECT_EQ(doctor_text(examination), golden("doctor_mi308x.txt"));
}

TEST(Examination, lists_sources_in_json) {
    Examination examination;
    examination.sources = two_sources();
    const json object = doctor_json(examination);
    ASSERT_EQ(object["sources"].size(), 2U);
    EXPECT_EQ(object["sources"][0],
              json({{"name", "uncore"},
                    {"standing", "available"},
                    {"reason", "6 boxes on package 0"},
                    {"measures", "DRAM traffic"}}));
    EXPECT_EQ(object["sources"][1]["standing"], "later");
}

TEST(SourceRows, name_every_source_of_the_catalogue_and_say_why_it_is_absent) {
    Machine machine;
    machine.recorded_topology("strixpoint");
    const std::vector<SourceRow> rows = source_rows(machine_below(machine.root()));
    std::set<std::string> measured;
    for (const SourceRow& row : rows) {
        EXPECT_FALSE(row.name.empty());
        EXPECT_FALSE(row.reason.empty()) << row.name;
        measured.insert(row.measures);
    }
    for (const SourceEntry& entry : source_catalogue()) {
        EXPECT_TRUE(measured.contains(std::string(entry.measures))) << entry.kind;
    }
}

TEST(Examination, says_why_processes_are_not_shown) {
    Examination examination;
    examination.world = no_agent();
    EXPECT_THAT(doctor_text(examination),
                HasSubstr("processes are not shown: the agent does not answer"));
    examination.world = World{};
    EXPECT_THAT(doctor_text(examination), HasSubstr("no process has queues"));
}

TEST(Examination, is_a_json_object) {
    Machine machine;
    machine.device({});
    Examination examination = examination_of(machine.facts_with_driver());
    examination.world = no_agent();
    const json object = doctor_json(examination);
    EXPECT_EQ(object["may_preempt"], true);
    EXPECT_EQ(object["findings"][0]["subject"], "driver");
    EXPECT_EQ(object["findings"][0]["state"], "fine");
    ASSERT_EQ(object["devices"].size(), 1U);
    const json& device = object["devices"][0];
    EXPECT_EQ(device["name"], "gfx1100");
    EXPECT_EQ(device["compute_units"], 96);
    EXPECT_EQ(device["scheduler"], "mes");
    EXPECT_EQ(device["halves_compute_units_when_debugged"], true);
    EXPECT_EQ(device["rungs"][1]["rung"], "debug-suspend");
    EXPECT_EQ(device["rungs"][1]["state"], "limited");
    EXPECT_TRUE(object["processes"].is_null());
    EXPECT_THAT(object["no_processes_because"].get<std::string>(), HasSubstr("does not answer"));
}

TEST(Examination, lists_processes_with_advice_in_json) {
    Examination examination;
    World world;
    world.processes = {process(7, "none", "kernel.yama.ptrace_scope is 3")};
    examination.world = std::move(world);
    const json object = doctor_json(examination);
    EXPECT_EQ(object["processes"][0]["pid"], 7);
    EXPECT_EQ(object["processes"][0]["preemption_level"], "none");
    EXPECT_THAT(object["processes"][0]["change"].get<std::string>(), HasSubstr("ptrace_scope=1"));
    EXPECT_TRUE(object["no_processes_because"].is_null());
}

TEST(ProcessAdvice, fits_the_reason) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"another debugger (pid 77, strace) is attached", "detach"},
        {"the program has not enabled the runtime debug interface (RUNTIME_ENABLE); ROCr >= 5.7 "
         "does",
         "ROCr 5.7"},
        {"another debugged process holds the device's only debug slot", "one program at a time"},
        {"kernel.yama.ptrace_scope is 3, which forbids attaching to any process", "sysctl.d"},
        {"process 7 is a 32-bit program", "64-bit"},
        {"process 7 is in another pid namespace", "pid namespace"},
        {"attach to process 7 (needs CAP_SYS_PTRACE): Operation not permitted", "CAP_SYS_PTRACE"},
        {"the driver could not set the program's devices up for debugging", "dmesg"},
        {"cooperative-save: the process' library is not able to save waves (UPDATE_QUEUE)",
         "this version of Penstock's library"},
        {"process 7 has more queues than KFD allows", "GPU_MAX_HW_QUEUES"},
    };
    for (const auto& [reason, advice] : cases) {
        EXPECT_THAT(advice_for(process(7, "none", reason)), HasSubstr(advice)) << reason;
        EXPECT_THAT(advice_for(process(7, "launch-limit", reason)), HasSubstr(advice)) << reason;
    }
}

TEST(ProcessAdvice, is_not_given_to_who_stands_well_or_for_what_nobody_knows) {
    EXPECT_EQ(advice_for(process(7, "debug-suspend", "another debugger came and went")), "");
    EXPECT_EQ(advice_for(process(7, "cooperative-save", "")), "");
    EXPECT_EQ(advice_for(process(7, "none", "the moon is full")), "");
    EXPECT_EQ(advice_for(process(7, "none", "")), "");
}

}  // namespace
}  // namespace penstock::ctl
