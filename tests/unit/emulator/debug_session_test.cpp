// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/unit/emulator/debug_bench.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

class DebugSessions : public testing::Test {
  protected:
    void SetUp() override {
        bench.open(debugger);
        bench.tasks.alive[target].tgid = target;
    }

    DebugBench bench;
};

TEST_F(DebugSessions, need_a_living_process) {
    bench.tasks.alive.erase(target);
    EXPECT_EQ(bench.enable(), -ESRCH);
}

TEST_F(DebugSessions, know_nothing_of_a_process_that_never_opened_the_file) {
    EXPECT_EQ(bench.enable(), -ESRCH);
    EXPECT_EQ(bench.trap(kfd::DebugOp::suspend_queues), -ESRCH);
}

TEST_F(DebugSessions, adopt_it_when_its_tracer_asks) {
    bench.trace();
    EXPECT_EQ(bench.enable(), 0);
    EXPECT_NE(bench.driver.owners().find(target), nullptr);
}

TEST_F(DebugSessions, are_for_the_tracer_alone) {
    bench.open(target);
    EXPECT_EQ(bench.enable(), -EPERM);
    bench.tasks.alive[target].tracer_tid = 999;
    EXPECT_EQ(bench.enable(), -EPERM);
    bench.trace();
    EXPECT_EQ(bench.enable(), 0);
}

TEST_F(DebugSessions, are_for_the_tracing_thread_not_its_process) {
    bench.open(target);
    bench.trace();
    bench.tasks.alive[501].tgid = debugger;
    bench.openers[501] = bench.openers.at(debugger);
    EXPECT_EQ(bench.enable(~0ULL, 501), -EPERM);
}

TEST_F(DebugSessions, need_no_tracer_for_oneself) {
    bench.open(target);
    EXPECT_EQ(bench.enable(~0ULL, target), 0);
    EXPECT_EQ(bench.trap(kfd::DebugOp::disable, target), 0);
}

TEST_F(DebugSessions, start_once) {
    bench.attach();
    EXPECT_EQ(bench.enable(), -EALREADY);
}

TEST_F(DebugSessions, need_a_descriptor_of_the_caller) {
    bench.trace();
    kfd::DebugTrap argument = DebugBench::operation(kfd::DebugOp::enable);
    argument.enable.dbg_fd = 0xffffffff;
    EXPECT_EQ(bench.trap(argument), -EBADF);
}

TEST_F(DebugSessions, do_not_start_when_the_state_can_not_be_told) {
    bench.trace();
    kfd::DebugTrap argument = DebugBench::operation(kfd::DebugOp::enable);
    argument.enable = {.rinfo_ptr = 8, .rinfo_size = 16, .dbg_fd = FakeFiles::pipe_number};
    EXPECT_EQ(bench.trap(argument), -EFAULT);
    EXPECT_EQ(bench.enable(), 0);
}

TEST_F(DebugSessions, tell_the_runtime_state_in_the_room_there_is) {
    bench.open(target);
    bench.enable_runtime();
    bench.trace();
    kfd::DebugTrap argument = DebugBench::operation(kfd::DebugOp::enable);
    argument.enable = {.rinfo_ptr = bench.memory.add(bench.runtime),
                       .rinfo_size = 0xffffffff,
                       .dbg_fd = FakeFiles::pipe_number};
    EXPECT_EQ(bench.trap(argument), 0);
    EXPECT_EQ(argument.enable.rinfo_size, sizeof(kfd::RuntimeInfo));
    EXPECT_EQ(bench.runtime.runtime_state, 1U);
}

TEST_F(DebugSessions, must_have_started) {
    bench.open(target);
    bench.trace();
    EXPECT_EQ(bench.trap(kfd::DebugOp::disable), -EINVAL);
    EXPECT_EQ(bench.trap(kfd::DebugOp::suspend_queues), -EINVAL);
    EXPECT_EQ(bench.trap(kfd::DebugOp::get_queue_snapshot), -EINVAL);
}

TEST_F(DebugSessions, act_on_waves_and_queues_only_with_a_runtime) {
    bench.open(target);
    bench.attach();
    EXPECT_EQ(bench.suspend({0}), -EPERM);
    EXPECT_EQ(bench.resume({0}), -EPERM);
    EXPECT_EQ(bench.trap(kfd::DebugOp::set_flags), -EPERM);
    EXPECT_EQ(bench.snapshot(0).result, 0);
    bench.trap(kfd::DebugOp::disable);
    bench.enable_runtime();
    bench.attach();
    EXPECT_EQ(bench.suspend({}), 0);
    EXPECT_EQ(bench.trap(kfd::DebugOp::set_flags), 0);
}

TEST_F(DebugSessions, know_no_other_operation) {
    bench.attach();
    EXPECT_EQ(bench.trap(static_cast<kfd::DebugOp>(99)), -EINVAL);
    EXPECT_EQ(bench.trap(kfd::DebugOp::get_device_snapshot), -EINVAL);
}

TEST_F(DebugSessions, may_be_ended_by_anybody_under_the_older_rule) {
    bench.attach();
    bench.tasks.alive[target].tracer_tid = 0;
    EXPECT_EQ(bench.snapshot(0).result, -EPERM);
    EXPECT_EQ(bench.trap(kfd::DebugOp::disable), 0);
    EXPECT_EQ(bench.trap(kfd::DebugOp::disable), -EINVAL);
}

TEST(DebuggerRule, lets_the_debugger_go_on_untraced_but_nobody_else) {
    DebugBench bench(PermissionRule::debugger);
    bench.open(debugger);
    bench.open(target);
    bench.open(600);
    bench.attach();
    bench.tasks.alive[target].tracer_tid = 0;
    EXPECT_EQ(bench.snapshot(0).result, 0);
    EXPECT_EQ(bench.trap(kfd::DebugOp::disable, 600), -EPERM);
    EXPECT_EQ(bench.trap(kfd::DebugOp::disable), 0);
    EXPECT_EQ(bench.trap(kfd::DebugOp::disable), -EPERM);
}

TEST_F(DebugSessions, end_with_their_debugger_and_everything_runs) {
    bench.open(target);
    bench.enable_runtime();
    bench.create_queue(target);
    bench.attach();
    ASSERT_EQ(bench.suspend({0}), 1);
    bench.driver.died(debugger, bench.now);
    EXPECT_TRUE(bench.device->suspended.empty());
    bench.open(debugger);
    EXPECT_EQ(bench.enable(), 0) << "the next debugger may start";
}

TEST_F(DebugSessions, end_with_their_target) {
    bench.attach();
    bench.driver.died(target, bench.now);
    EXPECT_EQ(bench.trap(kfd::DebugOp::disable), -ESRCH);
    bench.driver.died(target, bench.now);
}

TEST_F(DebugSessions, last_until_the_resumed_queues_run) {
    bench.open(target);
    bench.enable_runtime();
    bench.create_queue(target);
    bench.attach();
    bench.suspend({0});
    bench.device->cost = 100us;
    const std::uint64_t call =
        bench.begin(debugger, kfd::Nr::debug_trap, DebugBench::operation(kfd::DebugOp::disable));
    EXPECT_FALSE(bench.result_of(call));
    bench.pass(100us);
    EXPECT_EQ(bench.result_of(call), 0);
}

TEST_F(DebugSessions, pass_other_exceptions_on_without_saying_to_whom) {
    bench.attach();
    kfd::DebugTrap argument = DebugBench::operation(kfd::DebugOp::send_runtime_event);
    argument.send_runtime_event.exception_mask = 1;
    EXPECT_EQ(bench.trap(argument), 0);
    argument.send_runtime_event = {.exception_mask = kfd::exception_device_memory_violation,
                                   .gpu_id = gpu + 1};
    EXPECT_EQ(bench.trap(argument), -ENODEV);
}

}  // namespace
}  // namespace penstock::emulator
