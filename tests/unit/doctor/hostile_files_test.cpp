// SPDX-License-Identifier: Apache-2.0
//
// Files that no kernel writes: a folder given as root, a container or a broken driver may.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "kmod-helpers/doctor/ability.h"
#include "kmod-helpers/doctor/examine.h"
#include "tests/unit/doctor/machine.h"

namespace penstock::test {
namespace {

using doctor::Facts;
using doctor::State;
using testing::HasSubstr;

const doctor::Finding& about(const std::vector<doctor::Finding>& findings,
                             const std::string& subject) {
    const auto found = std::ranges::find(findings, subject, &doctor::Finding::subject);
    EXPECT_NE(found, findings.end()) << subject;
    return found == findings.end() ? findings.front() : *found;
}

bool printable_throughout(const std::vector<doctor::Finding>& findings) {
    return std::ranges::all_of(findings, [](const doctor::Finding& finding) {
        const std::string text =
            finding.subject + finding.found + finding.consequence + finding.change;
        return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    });
}

TEST(HostileFiles, of_any_length_are_refused) {
    Machine machine;
    machine.parameter("cwsr_enable", std::string(1 << 20, '1'));
    const Facts facts = machine.facts_with_driver();
    EXPECT_EQ(facts.module.cwsr_enable.failure, EFBIG);
    EXPECT_EQ(about(examine(facts), "amdgpu.cwsr_enable").state, State::unknown);
}

TEST(HostileFiles, with_garbage_leave_the_value_unknown) {
    for (const std::string& garbage : {std::string("\0\0\0", 3),
                                       std::string("1\0", 2),
                                       std::string("one"),
                                       std::string("1 1"),
                                       std::string(),
                                       std::string("99999999999999999999")}) {
        Machine machine;
        machine.parameter("sched_policy", garbage);
        machine.write("proc/sys/kernel/yama/ptrace_scope", garbage);
        const auto findings = examine(machine.facts_with_driver());
        EXPECT_EQ(about(findings, "amdgpu.sched_policy").state, State::unknown) << garbage;
        EXPECT_EQ(about(findings, "kernel.yama.ptrace_scope").state, State::unknown) << garbage;
    }
}

TEST(HostileFiles, never_reach_a_terminal_raw) {
    Machine machine;
    machine.kernel("6.12.1\x1b[2J\x07" + std::string(3000, 'x'));
    machine.write("sys/module/amdgpu/version", std::string("6.\0\x1b]0;", 6));
    machine.write("sys/kernel/security/lockdown", "[\x1b[31m]");
    machine.device({});
    EXPECT_TRUE(printable_throughout(examine(machine.facts_with_driver())));
}

TEST(HostileFiles, in_a_loop_of_links_end_with_a_reason) {
    Machine machine;
    machine.remove("sys/module/amdgpu/parameters/cwsr_enable");
    std::filesystem::create_symlink("cwsr_enable",
                                    machine.path("sys/module/amdgpu/parameters/cwsr_enable"));
    std::filesystem::create_directories(machine.path("sys/class/kfd"));
    std::filesystem::create_directory_symlink("kfd", machine.path("sys/class/kfd/kfd"));
    const Facts facts = machine.facts_with_driver();
    EXPECT_EQ(facts.module.cwsr_enable.failure, ELOOP);
    EXPECT_THAT(facts.topology_failure, HasSubstr("symbolic links"));
    EXPECT_EQ(about(examine(facts), "devices").state, State::unknown);
}

TEST(HostileFiles, that_would_block_a_reader_are_not_opened) {
    Machine machine;
    machine.remove("proc/sys/kernel/perf_event_paranoid");
    ASSERT_EQ(::mkfifo(machine.path("proc/sys/kernel/perf_event_paranoid").c_str(), 0600), 0);
    EXPECT_EQ(machine.facts().kernel.perf_event_paranoid.failure, EINVAL);
}

TEST(HostileFiles, of_the_topology_make_the_devices_unknown) {
    Machine machine;
    machine.device({});
    machine.write("sys/class/kfd/kfd/topology/nodes/1/properties", "simd_count many\n");
    const Facts facts = machine.facts_with_driver();
    EXPECT_TRUE(facts.devices.empty());
    EXPECT_EQ(about(examine(facts), "devices").state, State::unknown);
    EXPECT_TRUE(doctor::may_preempt(facts)) << "what is not known is not said to be impossible";
}

TEST(HostileFiles, with_a_lockdown_that_chooses_nothing_are_unknown) {
    for (const std::string text : {"", "none", "]none[", "[none", "[sideways]"}) {
        Machine machine;
        machine.write("sys/kernel/security/lockdown", text);
        EXPECT_EQ(about(examine(machine.facts()), "kernel lockdown").state, State::unknown) << text;
    }
}

TEST(HostileFiles, with_a_strange_list_of_groups_name_no_group) {
    for (const std::string text : {"render", "render:x", "render:x:many:", "::::\nrender:x:-1:"}) {
        Machine machine;
        machine.write("etc/group", text);
        EXPECT_FALSE(machine.facts().render_group) << text;
    }
}

TEST(HostileFiles, with_devices_of_impossible_shape_are_survived) {
    Machine machine;
    machine.device({.gfx_target_version = 4294967295U, .simd_count = 7, .simd_per_cu = 0});
    const auto devices = doctor::abilities(machine.facts_with_driver());
    ASSERT_EQ(devices.size(), 1U);
    EXPECT_EQ(devices[0].compute_units, 0U);
    EXPECT_TRUE(printable_throughout(examine(machine.facts_with_driver())));
}

}  // namespace
}  // namespace penstock::test
