// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/doctor/examine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/doctor/machine.h"

namespace penstock::test {
namespace {

using doctor::Facts;
using doctor::Finding;
using doctor::State;
using testing::HasSubstr;

const Finding* look_up(const std::vector<Finding>& findings, const std::string& subject) {
    const auto found = std::ranges::find(findings, subject, &Finding::subject);
    return found == findings.end() ? nullptr : &*found;
}

Finding about(const Facts& facts, const std::string& subject) {
    const auto findings = examine(facts);
    const Finding* found = look_up(findings, subject);
    EXPECT_NE(found, nullptr) << subject;
    return found == nullptr ? Finding{} : *found;
}

Finding about_parameter(const std::string& name, const std::string& value) {
    Machine machine;
    machine.parameter(name, value);
    return about(machine.facts_with_driver(), "amdgpu." + name);
}

Finding about_kernel(const std::string& release, const std::string& subject) {
    Machine machine;
    machine.kernel(release);
    return about(machine.facts_with_driver(), subject);
}

Finding about_file(const std::string& file,
                   const std::string& content,
                   const std::string& subject) {
    Machine machine;
    machine.write(file, content);
    return about(machine.facts_with_driver(), subject);
}

TEST(Examine, finds_a_well_kept_server_fine) {
    Machine machine;
    machine.recorded_topology("mi308x");
    for (const Finding& finding : examine(machine.facts_with_driver())) {
        const bool vendor = finding.subject.ends_with("vendor-ioctl");
        EXPECT_EQ(finding.state, vendor ? State::unknown : State::fine) << finding.subject;
        EXPECT_EQ(finding.change, "") << finding.subject;
    }
}

TEST(Examine, says_what_is_missing_without_the_driver) {
    const fakes::ScratchTree empty;
    const Facts facts = doctor::gather(Tree(empty.root()));
    EXPECT_EQ(about(facts, "driver").state, State::broken);
    EXPECT_THAT(about(facts, "driver").change, HasSubstr("modprobe amdgpu"));
    EXPECT_THAT(about(facts, "driver").change, HasSubstr("/modules-load.d/penstock.conf"));
    EXPECT_EQ(about(facts, "/dev/kfd").state, State::broken);
    EXPECT_EQ(about(facts, "devices").state, State::broken);
    EXPECT_EQ(look_up(examine(facts), "amdgpu.cwsr_enable"), nullptr);
}

TEST(Examine, gives_every_drawback_a_consequence) {
    Machine machine;
    machine.kernel("6.1.55");
    for (const char* name : {"cwsr_enable", "hws_max_conc_proc", "queue_preemption_timeout_ms"}) {
        machine.parameter(name, "0");
    }
    machine.parameter("sched_policy", "2");
    machine.parameter("enforce_isolation", "Y");
    machine.write("proc/sys/kernel/yama/ptrace_scope", "3");
    machine.write("sys/kernel/security/lockdown", "none integrity [confidentiality]");
    machine.write("proc/sys/kernel/perf_event_paranoid", "4");
    machine.remove("sys/kernel/btf");
    int drawbacks = 0;
    for (const Finding& finding : examine(machine.facts_with_driver())) {
        if (finding.state == State::limited || finding.state == State::broken) {
            ++drawbacks;
            EXPECT_FALSE(finding.consequence.empty()) << finding.subject;
            EXPECT_TRUE(finding.consequence.ends_with(".")) << finding.subject;
        }
    }
    EXPECT_GE(drawbacks, 12);
}

TEST(Examine, judges_the_drivers_parameters) {
    EXPECT_EQ(about_parameter("cwsr_enable", "1").state, State::fine);
    EXPECT_EQ(about_parameter("cwsr_enable", "0").state, State::broken);
    EXPECT_EQ(about_parameter("sched_policy", "1").state, State::limited);
    EXPECT_EQ(about_parameter("sched_policy", "2").state, State::limited);
    EXPECT_EQ(about_parameter("sched_policy", "7").state, State::unknown);
    EXPECT_EQ(about_parameter("hws_max_conc_proc", "1").state, State::limited);
    EXPECT_EQ(about_parameter("queue_preemption_timeout_ms", "50").state, State::limited);
    EXPECT_EQ(about_parameter("queue_preemption_timeout_ms", "1000").state, State::fine);
    EXPECT_EQ(about_parameter("enforce_isolation", "Y").state, State::limited);
    EXPECT_EQ(about_parameter("enforce_isolation", "-1").state, State::fine);
}

TEST(Examine, names_the_file_that_sets_an_option) {
    const Finding finding = about_parameter("sched_policy", "2");
    EXPECT_THAT(finding.change, HasSubstr("options amdgpu sched_policy=0"));
    EXPECT_THAT(finding.change, HasSubstr("/etc/modprobe.d/penstock.conf"));
}

TEST(Examine, knows_when_queue_debugging_came) {
    const std::string subject = "queue debugging (DBG_TRAP)";
    EXPECT_EQ(about_kernel("6.4.16", subject).state, State::limited);
    EXPECT_EQ(about_kernel("6.5.0", subject).state, State::fine);
    EXPECT_EQ(about_kernel("nonsense", subject).state, State::unknown);
}

TEST(Examine, knows_when_the_debugger_may_detach) {
    const std::string subject = "debugger may detach";
    EXPECT_EQ(about_kernel("6.5.13", subject).state, State::limited);
    EXPECT_EQ(about_kernel("6.12.102", subject).state, State::limited);
    EXPECT_EQ(about_kernel("6.12.103", subject).state, State::fine);
    EXPECT_EQ(about_kernel("6.12.0-55.el10", subject).state, State::unknown);
    EXPECT_EQ(about_kernel("6.18.2", subject).state, State::unknown);
}

TEST(Examine, knows_which_kernels_evict_twice) {
    const std::string subject = "whole-process eviction";
    EXPECT_EQ(about_kernel("5.17.9", subject).state, State::limited);
    EXPECT_THAT(about_kernel("5.17.9", subject).change, HasSubstr("5.18"));
    EXPECT_EQ(about_kernel("6.1.192", subject).state, State::limited);
    EXPECT_EQ(about_kernel("6.12.115", subject).state, State::limited);
    EXPECT_EQ(about_kernel("6.12.116", subject).state, State::fine);
    EXPECT_EQ(about_kernel("6.13.0", subject).state, State::unknown);
}

TEST(Examine, says_which_version_a_frozen_release_stands_for) {
    Machine machine;
    machine.kernel("6.1.0-56-amd64");
    machine.write("proc/version", "Linux version 6.1.0-56-amd64 #1 SMP Debian 6.1.192-2 (2026)\n");
    EXPECT_EQ(about(machine.facts(), "kernel").found, "6.1.0-56-amd64, which is 6.1.192");
}

TEST(Examine, does_not_judge_the_emulator_by_the_kernel_below_it) {
    Machine machine;
    machine.write("dev/kfd", "");
    machine.kernel("5.4.1");
    const Facts facts = machine.facts();
    EXPECT_EQ(about(facts, "driver").found, "the emulator");
    EXPECT_EQ(about(facts, "queue debugging (DBG_TRAP)").state, State::unknown);
    EXPECT_EQ(look_up(examine(facts), "amdgpu.cwsr_enable"), nullptr);
}

TEST(Examine, does_not_miss_a_kernel_in_the_emulators_mount) {
    fakes::ScratchTree mount;
    mount.write("kfd", "");
    const Facts facts = doctor::gather(Tree(mount.root()));
    EXPECT_EQ(about(facts, "kernel").state, State::unknown);
    EXPECT_EQ(look_up(examine(facts), "/sys/kernel/btf/vmlinux"), nullptr);
    EXPECT_EQ(look_up(examine(facts), "kernel.yama.ptrace_scope"), nullptr);
}

TEST(Examine, believes_what_the_driver_says_of_itself) {
    Machine machine;
    machine.kernel("5.4.1");
    Facts facts = machine.facts_with_driver();
    facts.abi_minor = 17;
    EXPECT_EQ(about(facts, "queue debugging (DBG_TRAP)").state, State::fine);
    EXPECT_EQ(about(facts, "queue debugging (DBG_TRAP)").found, "KFD 1.17");
}

TEST(Examine, names_a_driver_from_outside_the_kernel) {
    const Finding driver = about_file("sys/module/amdgpu/version", "6.12.12\n", "driver");
    EXPECT_EQ(driver.state, State::fine);
    EXPECT_THAT(driver.found, HasSubstr("version 6.12.12"));
}

TEST(Examine, judges_what_restricts_ptrace_and_bpf) {
    const std::string scope = "proc/sys/kernel/yama/ptrace_scope";
    EXPECT_EQ(about_file(scope, "2", "kernel.yama.ptrace_scope").state, State::fine);
    EXPECT_EQ(about_file(scope, "3", "kernel.yama.ptrace_scope").state, State::broken);
    const std::string lockdown = "sys/kernel/security/lockdown";
    EXPECT_EQ(about_file(lockdown, "none [integrity] x", "kernel lockdown").state, State::fine);
    EXPECT_EQ(about_file(lockdown, "[confidentiality]", "kernel lockdown").state, State::limited);
    const std::string paranoid = "proc/sys/kernel/perf_event_paranoid";
    EXPECT_EQ(about_file(paranoid, "-1", "kernel.perf_event_paranoid").state, State::fine);
    EXPECT_EQ(about_file(paranoid, "3", "kernel.perf_event_paranoid").state, State::limited);
}

TEST(Examine, takes_a_kernel_without_yama_as_unrestricted) {
    Machine machine;
    machine.remove("proc/sys/kernel/yama");
    EXPECT_EQ(about(machine.facts(), "kernel.yama.ptrace_scope").state, State::fine);
}

TEST(Examine, misses_types_for_bpf) {
    Machine machine;
    machine.remove("sys/kernel/btf");
    const Facts facts = machine.facts_with_driver();
    EXPECT_EQ(about(facts, "/sys/kernel/btf/vmlinux").state, State::limited);
    EXPECT_EQ(about(facts, "/sys/kernel/btf/amdgpu").state, State::limited);
}

TEST(Examine, says_the_same_of_equal_devices_once) {
    Machine machine;
    machine.device({.gfx_target_version = 90402}, 1);
    machine.device({.gfx_target_version = 90402}, 2);
    machine.device({.gfx_target_version = 110000}, 3);
    const Facts facts = machine.facts_with_driver();
    EXPECT_THAT(about(facts, "gfx942 (2 devices)").found, HasSubstr("scheduler hws"));
    EXPECT_THAT(about(facts, "gfx942 (2 devices)").consequence, HasSubstr("every program"));
    EXPECT_EQ(about(facts, "gfx1100 (gpu 1003) debug-suspend").state, State::limited);
}

TEST(Examine, sees_devices_on_which_programs_take_turns) {
    Machine machine;
    machine.device({});
    machine.write("sys/class/drm/renderD128/device/enforce_isolation", "1\n");
    EXPECT_EQ(about(machine.facts_with_driver(), "gfx1100 (gpu 1001) isolation").state,
              State::limited);
}

}  // namespace
}  // namespace penstock::test
