// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/unit/emulator/debug_bench.h"

namespace penstock::emulator {
namespace {

std::uint32_t minor_of(DriverBench& bench) {
    kfd::GetVersion version;
    bench.call(target, kfd::Nr::get_version, version);
    return version.minor;
}

int call_number(DriverBench& bench, std::uint32_t number) {
    bench.driver.call({.number = ++bench.calls,
                       .caller_tid = target,
                       .command = _IO('K', number),
                       .argument = {}},
                      bench.openers.at(target),
                      bench.now);
    return bench.result_of(bench.calls).value();
}

TEST(Kernel61, knows_no_debugging) {
    DebugBench bench(DriverBench::with_kernel("6.1"));
    bench.open(target);
    EXPECT_EQ(minor_of(bench), 11U);
    kfd::RuntimeEnable runtime;
    EXPECT_EQ(bench.call(target, kfd::Nr::runtime_enable, runtime), -ENOTTY);
    EXPECT_EQ(bench.trap(kfd::DebugOp::enable, target), -ENOTTY);
    EXPECT_EQ(call_number(bench, 0x27), -ENOTTY);
}

TEST(Kernel61, knows_a_shorter_queue) {
    DriverBench bench(DriverBench::with_kernel("6.1"));
    bench.open(target);
    kfd::CreateQueue queue = bench.queue();
    queue.sdma_engine_id = 77;
    EXPECT_EQ(bench.call(target, kfd::Nr::create_queue, queue), 0);
    EXPECT_EQ(queue.sdma_engine_id, 77U) << "comes back untouched";
    queue.queue_type = kfd::queue_type_sdma_by_engine;
    EXPECT_EQ(bench.call(target, kfd::Nr::create_queue, queue), -524);
}

TEST(Kernel65, debugs_by_the_older_rule) {
    DebugBench bench(DriverBench::with_kernel("6.5"));
    bench.open(debugger);
    bench.open(target);
    EXPECT_EQ(minor_of(bench), 14U);
    EXPECT_EQ(call_number(bench, 0x27), -EINVAL);
    bench.attach();
    bench.tasks.alive[target].tracer_tid = 0;
    EXPECT_EQ(bench.snapshot(0).result, -EPERM);
    EXPECT_EQ(bench.trap(kfd::DebugOp::disable), 0);
}

TEST(Kernel612, is_assumed_and_debugs_by_the_newer_rule) {
    DebugBench bench{DriverSettings{}};
    bench.open(debugger);
    bench.open(target);
    EXPECT_EQ(minor_of(bench), 17U);
    EXPECT_EQ(call_number(bench, 0x27), -ENOTTY);
    bench.attach();
    bench.tasks.alive[target].tracer_tid = 0;
    EXPECT_EQ(bench.snapshot(0).result, 0);
    bench.tasks.alive[600].tgid = 600;
    bench.open(600);
    EXPECT_EQ(bench.trap(kfd::DebugOp::disable, 600), -EPERM);
    EXPECT_EQ(bench.trap(kfd::DebugOp::disable), 0);
}

TEST(KernelProfiles, have_names_of_their_own) {
    EXPECT_EQ(kernel_profiles().size(), 3U);
    EXPECT_EQ(newest_kernel().name, "6.12.117");
}

TEST(Opening, is_refused_to_a_32_bit_program) {
    DriverBench bench;
    bench.tasks.alive[target].tgid = target;
    bench.tasks.narrow.insert(target);
    EXPECT_FALSE(bench.driver.open(target, bench.now));
    EXPECT_TRUE(bench.driver.owners().all().empty());
}

TEST(SchedulerPolicy, without_hardware_scheduling_nobody_is_debugged) {
    DebugBench bench{DriverSettings{.scheduler_policy = SchedulerPolicy::none}};
    bench.open(debugger);
    EXPECT_EQ(bench.trap(kfd::DebugOp::enable), -EINVAL) << "even before ESRCH";
}

}  // namespace
}  // namespace penstock::emulator
