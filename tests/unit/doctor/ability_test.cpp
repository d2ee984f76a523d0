// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/doctor/ability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/doctor/machine.h"

namespace penstock::test {
namespace {

using doctor::DeviceAbility;
using doctor::Facts;
using doctor::Rung;
using doctor::Scheduler;
using doctor::State;
using testing::HasSubstr;

State state(const DeviceAbility& device, Rung rung) {
    return device.rungs.at(static_cast<std::size_t>(rung)).state;
}

DeviceAbility only(const Facts& facts) {
    const auto devices = doctor::abilities(facts);
    EXPECT_EQ(devices.size(), 1U);
    return devices.empty() ? DeviceAbility{} : devices.front();
}

DeviceAbility of_version(std::uint32_t gfx_target_version) {
    Machine machine;
    machine.device({.gfx_target_version = gfx_target_version});
    return only(machine.facts_with_driver());
}

TEST(DeviceAbility, of_a_recorded_mi308x_has_every_rung) {
    Machine machine;
    machine.recorded_topology("mi308x");
    const auto devices = doctor::abilities(machine.facts_with_driver());
    ASSERT_EQ(devices.size(), 2U);
    EXPECT_EQ(devices[0].name, "gfx942");
    EXPECT_EQ(devices[0].compute_units, 20U);
    EXPECT_EQ(devices[0].scheduler, Scheduler::hws);
    EXPECT_FALSE(devices[0].one_debugged_process);
    EXPECT_FALSE(devices[0].halves_compute_units_when_debugged);
    EXPECT_TRUE(devices[0].debug_suspend_possible);
    EXPECT_EQ(devices[0].debug_suspend_reason, "");
    for (const Rung rung : {Rung::cooperative_save, Rung::debug_suspend, Rung::process_evict}) {
        EXPECT_EQ(state(devices[0], rung), State::fine) << text_of(rung);
    }
}

TEST(DeviceAbility, of_a_recorded_notebook_is_scheduled_by_mes) {
    Machine machine;
    machine.recorded_topology("strixpoint");
    const DeviceAbility device = only(machine.facts_with_driver());
    EXPECT_EQ(device.name, "gfx1150");
    EXPECT_EQ(device.compute_units, 12U);
    EXPECT_EQ(device.scheduler, Scheduler::mes);
    EXPECT_EQ(state(device, Rung::debug_suspend), State::fine);
}

TEST(DeviceAbility, of_rdna3_loses_half_of_it_when_debugged) {
    const DeviceAbility device = of_version(110000);
    EXPECT_EQ(device.compute_units, 96U);
    EXPECT_TRUE(device.halves_compute_units_when_debugged);
    EXPECT_TRUE(device.debug_suspend_possible);
    EXPECT_EQ(state(device, Rung::debug_suspend), State::limited);
    EXPECT_EQ(state(device, Rung::process_evict), State::fine);
    EXPECT_TRUE(of_version(110003).halves_compute_units_when_debugged);
    EXPECT_FALSE(of_version(110500).halves_compute_units_when_debugged);
    EXPECT_FALSE(of_version(120001).halves_compute_units_when_debugged);
}

TEST(DeviceAbility, knows_which_parts_have_one_debug_slot) {
    for (const std::uint32_t one : {90000U, 90006U, 90008U, 90012U, 100100U, 100306U}) {
        EXPECT_TRUE(of_version(one).one_debugged_process) << one;
        EXPECT_EQ(state(of_version(one), Rung::debug_suspend), State::limited) << one;
    }
    for (const std::uint32_t many : {90010U, 90400U, 90402U, 90500U, 110000U, 120000U}) {
        EXPECT_FALSE(of_version(many).one_debugged_process) << many;
    }
}

TEST(DeviceAbility, knows_who_schedules) {
    EXPECT_EQ(of_version(70000).scheduler, Scheduler::none);
    EXPECT_EQ(of_version(80003).scheduler, Scheduler::hws);
    EXPECT_EQ(of_version(100300).scheduler, Scheduler::hws);
    EXPECT_EQ(of_version(120000).scheduler, Scheduler::mes);
    EXPECT_EQ(of_version(0).scheduler, Scheduler::unknown);
}

TEST(DeviceAbility, of_old_parts_ends_before_debugging) {
    EXPECT_FALSE(of_version(80003).debug_suspend_possible);
    EXPECT_EQ(state(of_version(80003), Rung::cooperative_save), State::fine);
    EXPECT_EQ(state(of_version(70001), Rung::cooperative_save), State::broken);
}

TEST(DeviceAbility, without_saved_waves_leaves_only_the_launch_limit) {
    Machine machine;
    machine.device({});
    machine.parameter("cwsr_enable", "0");
    const Facts facts = machine.facts_with_driver();
    const DeviceAbility device = only(facts);
    EXPECT_EQ(state(device, Rung::cooperative_save), State::broken);
    EXPECT_EQ(state(device, Rung::debug_suspend), State::broken);
    EXPECT_EQ(state(device, Rung::process_evict), State::broken);
    EXPECT_EQ(state(device, Rung::launch_limit), State::fine);
    EXPECT_FALSE(doctor::may_preempt(facts));
    EXPECT_THAT(device.rungs[0].change, HasSubstr("options amdgpu cwsr_enable=1"));
}

TEST(DeviceAbility, without_the_hardware_scheduler_excludes_debugging_alone) {
    Machine machine;
    machine.device({});
    machine.parameter("sched_policy", "2");
    const DeviceAbility device = only(machine.facts_with_driver());
    EXPECT_EQ(device.scheduler, Scheduler::none);
    EXPECT_THAT(device.debug_suspend_reason, HasSubstr("sched_policy is 2"));
    EXPECT_EQ(state(device, Rung::process_evict), State::fine);
}

TEST(DeviceAbility, needs_both_capability_bits_for_debugging) {
    Machine machine;
    machine.device({.capability = 0x20000000});
    EXPECT_THAT(only(machine.facts_with_driver()).debug_suspend_reason, HasSubstr("no debugging"));
    machine.device({.capability = 0x8000});
    EXPECT_THAT(only(machine.facts_with_driver()).debug_suspend_reason, HasSubstr("firmware"));
}

TEST(DeviceAbility, on_linux_6_1_can_cooperate_or_be_evicted) {
    Machine machine;
    machine.kernel("6.1.0-56-amd64");
    machine.device({.gfx_target_version = 90010});
    const DeviceAbility device = only(machine.facts_with_driver());
    EXPECT_THAT(device.debug_suspend_reason, HasSubstr("6.5"));
    EXPECT_EQ(state(device, Rung::cooperative_save), State::fine);
    EXPECT_EQ(state(device, Rung::process_evict), State::fine);
}

TEST(DeviceAbility, on_linux_5_10_can_only_cooperate) {
    Machine machine;
    machine.kernel("5.10.234");
    machine.device({.gfx_target_version = 90010});
    const DeviceAbility device = only(machine.facts_with_driver());
    EXPECT_EQ(state(device, Rung::process_evict), State::broken);
    EXPECT_EQ(state(device, Rung::cooperative_save), State::fine);
}

TEST(DeviceAbility, believes_the_drivers_interface_before_the_kernels_age) {
    Machine machine;
    machine.kernel("5.10.234");
    machine.write("sys/module/amdgpu/version", "6.12.12\n");
    machine.device({.gfx_target_version = 90402});
    Facts facts = machine.facts_with_driver();
    EXPECT_TRUE(only(facts).debug_suspend_possible) << "a driver from elsewhere says so itself";
    facts.abi_minor = 12;
    EXPECT_FALSE(only(facts).debug_suspend_possible);
    facts.abi_minor = 17;
    EXPECT_TRUE(only(facts).debug_suspend_possible);
    facts.abi_minor = 6;
    EXPECT_EQ(state(only(facts), Rung::process_evict), State::broken);
}

TEST(DeviceAbility, where_nobody_may_attach_is_left_to_those_who_cooperate) {
    Machine machine;
    machine.device({});
    machine.write("proc/sys/kernel/yama/ptrace_scope", "3\n");
    const Facts facts = machine.facts_with_driver();
    EXPECT_EQ(state(only(facts), Rung::debug_suspend), State::broken);
    EXPECT_EQ(state(only(facts), Rung::process_evict), State::broken);
    EXPECT_TRUE(doctor::may_preempt(facts));
}

TEST(DeviceAbility, of_a_hidden_device_is_unknown) {
    Machine machine;
    machine.device({.gfx_target_version = 0});
    const Facts facts = machine.facts_with_driver();
    EXPECT_EQ(state(only(facts), Rung::debug_suspend), State::unknown);
    EXPECT_TRUE(doctor::may_preempt(facts));
}

TEST(MayPreempt, needs_a_device_and_its_file) {
    Machine machine;
    EXPECT_FALSE(doctor::may_preempt(machine.facts()));
    machine.device({});
    EXPECT_FALSE(doctor::may_preempt(machine.facts())) << "no /dev/kfd";
    EXPECT_TRUE(doctor::may_preempt(machine.facts_with_driver()));
}

}  // namespace
}  // namespace penstock::test
