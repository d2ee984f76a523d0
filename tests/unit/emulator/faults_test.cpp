// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <cerrno>

#include "kmod-helpers/emulator/driver/counters_text.h"
#include "tests/unit/emulator/debug_bench.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

PresetDevice with_scheduler(Scheduler scheduler) {
    PresetDevice device = DriverBench::of_generation(110500);
    device.settings.scheduler = scheduler;
    return device;
}

// A debugged process with two queues.
class FaultBench : public DebugBench {
  public:
    explicit FaultBench(Scheduler scheduler = Scheduler::hws)
        : DebugBench(DriverSettings{}, {with_scheduler(scheduler)}) {
        open(debugger);
        open(target);
        enable_runtime();
        create_queue(target);
        create_queue(target);
        attach();
    }

    int inject(std::string_view lines) { return driver.inject(lines, now); }

    bool counts(const std::string& line) {
        return counters_text(driver.devices(), driver.owners()).contains(line + "\n");
    }
};

TEST(FaultLines, are_all_armed_or_none) {
    FaultBench bench;
    for (const std::string_view wrong : {"",
                                         "\n",
                                         "suspend-error",
                                         "suspend-error 1",
                                         "suspend-error 1 0",
                                         "suspend-error 1 5 9",
                                         "suspend-error -1 5",
                                         "suspend-slow 1 60001",
                                         "suspend-queue-error 1 1",
                                         "melt 1",
                                         "reset",
                                         "reset 7",
                                         "evict-error 1 5\nresume-error x 5"}) {
        EXPECT_EQ(bench.inject(wrong), -EINVAL) << wrong;
    }
    EXPECT_EQ(bench.driver.faults().text(), "");
    EXPECT_TRUE(bench.counts("resets 0"));
}

TEST(FaultLines, come_back_as_what_is_still_armed) {
    FaultBench bench;
    EXPECT_EQ(bench.inject(" evict-error  2 5 \nsuspend-queue-error 1\nsuspend-slow 3 9000\n"), 0);
    EXPECT_EQ(bench.driver.faults().text(),
              "suspend-queue-error 1\nsuspend-slow 3 9000\nevict-error 2 5\n");
    EXPECT_EQ(bench.inject("evict-error 0 5"), 0);
    EXPECT_EQ(bench.driver.faults().text(), "suspend-queue-error 1\nsuspend-slow 3 9000\n");
}

TEST(SuspendError, fails_the_call_and_changes_nothing) {
    FaultBench bench;
    bench.inject("suspend-error 1 62");
    EXPECT_EQ(bench.suspend({}), 0) << "names no queue: never reaches the hardware";
    EXPECT_EQ(bench.suspend({0}), -62);
    EXPECT_TRUE(bench.counts("suspended_queues 0"));
    EXPECT_EQ(bench.suspend({0}), 1);
}

TEST(SuspendQueueError, marks_every_queue_of_a_reloaded_runlist) {
    FaultBench bench(Scheduler::hws);
    bench.inject("suspend-queue-error 1");
    EXPECT_EQ(bench.suspend({0, 1}), 0);
    EXPECT_EQ(bench.ids[0], 0 | kfd::queue_error_bit);
    EXPECT_EQ(bench.ids[1], 1 | kfd::queue_error_bit);
    EXPECT_TRUE(bench.device->suspended.empty());
    EXPECT_TRUE(bench.counts("suspended_queues 2")) << "the driver believes that it is";
    EXPECT_EQ(bench.resume({0, 1}), 2);
    EXPECT_TRUE(bench.counts("suspended_queues 0"));
}

TEST(SuspendQueueError, ends_the_work_at_the_first_queue_with_mes) {
    FaultBench bench(Scheduler::mes);
    bench.inject("suspend-queue-error 1");
    EXPECT_EQ(bench.suspend({0, 1}), 0);
    EXPECT_EQ(bench.ids[0], 0 | kfd::queue_error_bit | kfd::queue_invalid_bit);
    EXPECT_EQ(bench.ids[1], 1 | kfd::queue_invalid_bit);
    EXPECT_TRUE(bench.counts("suspended_queues 1"));
}

TEST(SuspendSlow, lasts_so_long_and_succeeds) {
    FaultBench bench;
    bench.inject("suspend-slow 1 9000");
    kfd::DebugTrap argument = bench.suspension({0});
    const std::uint64_t call = bench.begin(debugger, kfd::Nr::debug_trap, argument);
    bench.pass(8s);
    EXPECT_FALSE(bench.result_of(call));
    EXPECT_TRUE(bench.driver.interrupt(call));
    EXPECT_FALSE(bench.result_of(call)) << "deaf to signals";
    bench.pass(1s);
    EXPECT_EQ(bench.result_of(call), 1);
}

TEST(SuspendSlow, ends_with_a_killed_caller) {
    FaultBench bench;
    bench.inject("suspend-slow 1 9000");
    kfd::DebugTrap argument = bench.suspension({0});
    const std::uint64_t call = bench.begin(debugger, kfd::Nr::debug_trap, argument);
    bench.pass(100ms);
    EXPECT_FALSE(bench.result_of(call));
    bench.tasks.killed.insert(debugger);
    bench.pass(20ms);
    EXPECT_EQ(bench.result_of(call), -EINTR);
    bench.driver.died(debugger, bench.now);
    EXPECT_TRUE(bench.counts("suspended_queues 0"));
}

TEST(ResumeError, leaves_the_queues_suspended) {
    FaultBench bench;
    bench.suspend({0, 1});
    bench.inject("resume-error 1 5");
    EXPECT_EQ(bench.resume({0, 1}), -EIO);
    EXPECT_TRUE(bench.counts("suspended_queues 2"));
    EXPECT_EQ(bench.resume({0, 1}), 2);
}

TEST(EvictError, leaves_the_process_unpaused) {
    FaultBench bench;
    bench.tasks.capabilities.insert({target, 21});
    bench.inject("evict-error 1 5");
    kfd::Criu argument{.op = static_cast<std::uint32_t>(kfd::CriuOp::process_info)};
    EXPECT_EQ(bench.call(target, kfd::Nr::criu_op, argument), -EIO);
    EXPECT_TRUE(bench.counts("evicted_queues 0"));
    EXPECT_EQ(bench.call(target, kfd::Nr::criu_op, argument), 0);
    bench.inject("resume-error 1 5");
    argument.op = static_cast<std::uint32_t>(kfd::CriuOp::unpause);
    EXPECT_EQ(bench.call(target, kfd::Nr::criu_op, argument), -EIO);
    EXPECT_EQ(bench.call(target, kfd::Nr::criu_op, argument), 0);
}

TEST(DeviceReset, loses_every_queue_there_is) {
    FaultBench bench;
    EXPECT_EQ(bench.inject("reset 51432"), 0);
    EXPECT_TRUE(bench.device->queues.empty());
    EXPECT_TRUE(bench.counts("resets 1"));
    EXPECT_TRUE(bench.counts("queues 0"));
    kfd::UpdateQueue update{.ring_base_address = bench.queue().ring_base_address,
                            .queue_id = 0,
                            .ring_size = bench.queue().ring_size,
                            .queue_percentage = 100,
                            .queue_priority = 7};
    EXPECT_EQ(bench.call(target, kfd::Nr::update_queue, update), -EACCES);
    EXPECT_EQ(bench.suspend({0}), 0);
    EXPECT_EQ(bench.ids[0], 0 | kfd::queue_error_bit);
    bench.resume({0});
    kfd::DestroyQueue destroy{.queue_id = 0};
    EXPECT_EQ(bench.call(target, kfd::Nr::destroy_queue, destroy), 0);
}

TEST(DeviceReset, spares_queues_made_later) {
    FaultBench bench;
    bench.inject("reset 51432\nreset 51432");
    EXPECT_TRUE(bench.counts("resets 2"));
    bench.open(102);
    EXPECT_EQ(bench.create_queue(102), 0U);
    EXPECT_TRUE(bench.counts("queues 1"));
    bench.driver.died(target, bench.now);
    bench.driver.died(102, bench.now);
    EXPECT_TRUE(bench.counts("queues 0"));
}

TEST(Suspension, of_many_queues_is_one_call_of_the_device) {
    FaultBench bench;
    EXPECT_EQ(bench.suspend({0, 1}), 2);
    EXPECT_EQ(bench.suspend({0, 1}), 2);
    EXPECT_TRUE(bench.counts("suspends 1")) << "already suspended ones do not count";
    EXPECT_EQ(bench.resume({0, 1}), 2);
    EXPECT_TRUE(bench.counts("resumes 1"));
}

}  // namespace
}  // namespace penstock::emulator
