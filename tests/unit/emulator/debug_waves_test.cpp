// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <bit>
#include <cerrno>

#include "kmod-helpers/emulator/driver/debug_exceptions.h"
#include "tests/unit/emulator/debug_bench.h"

namespace penstock::emulator {
namespace {

using kfd::DebugOp;

class DebugWaves : public testing::Test {
  protected:
    void SetUp() override { start(with_device); }

    void start(DebugBench& bench) {
        bench.open(target);
        bench.open(debugger);
        bench.enable_runtime();
        bench.attach();
    }

    static int trap(DebugBench& bench, DebugOp op, std::uint64_t first, std::uint64_t last = 0) {
        kfd::DebugTrap argument = DebugBench::operation(op);
        argument.words[0] = first;
        argument.words[2] = last;
        return bench.trap(argument);
    }

    DebugBench with_device;
    DebugBench bare{DriverSettings{}, std::vector<PresetDevice>{}};
};

TEST_F(DebugWaves, are_launched_in_the_modes_that_the_driver_knows) {
    for (const std::uint64_t mode : {0U, 1U, 3U, 0x100U}) {
        EXPECT_EQ(trap(with_device, DebugOp::set_wave_launch_mode, mode), 0) << mode;
    }
    EXPECT_EQ(trap(with_device, DebugOp::set_wave_launch_mode, 2), -EINVAL);
    EXPECT_EQ(trap(with_device, DebugOp::set_wave_launch_mode, 4), -EINVAL);
}

TEST_F(DebugWaves, have_traps_that_may_be_added_to_but_not_replaced) {
    EXPECT_EQ(trap(with_device, DebugOp::set_wave_launch_override, 0), 0);
    EXPECT_EQ(trap(with_device, DebugOp::set_wave_launch_override, 1), -EINVAL);
    start(bare);
    EXPECT_EQ(trap(bare, DebugOp::set_wave_launch_override, 1), 0) << "no device objects";
}

TEST_F(DebugWaves, are_watched_on_known_devices_only) {
    EXPECT_EQ(trap(with_device, DebugOp::set_node_address_watch, 0, gpu + 1), -ENODEV);
    EXPECT_EQ(trap(with_device, DebugOp::set_node_address_watch, 0, gpu), -ENOMEM);
    EXPECT_EQ(trap(with_device, DebugOp::clear_node_address_watch, gpu + 1), -ENODEV);
    EXPECT_EQ(trap(with_device, DebugOp::clear_node_address_watch, gpu), -EINVAL);
}

TEST_F(DebugWaves, keep_their_flags_until_the_session_ends) {
    kfd::DebugTrap argument = DebugBench::operation(DebugOp::set_flags);
    argument.words[0] = 4;
    EXPECT_EQ(with_device.trap(argument), 0);
    EXPECT_EQ(argument.words[0], 0U) << "what they were before";
    argument.words[0] = 1;
    EXPECT_EQ(with_device.trap(argument), -EACCES) << "no such precision";
    EXPECT_EQ(argument.words[0], 4U);
    with_device.trap(DebugOp::disable);
    with_device.enable();
    argument.words[0] = 0;
    EXPECT_EQ(with_device.trap(argument), 0);
    EXPECT_EQ(argument.words[0], 0U);
}

class DebugExceptions : public DebugWaves {
  protected:
    int query(ExceptionQuery& wanted) {
        kfd::DebugTrap argument = DebugBench::operation(DebugOp::query_exception_info);
        std::memcpy(argument.words, &wanted, sizeof(wanted));
        const int result = with_device.trap(argument);
        std::memcpy(&wanted, argument.words, sizeof(wanted));
        return result;
    }

    int query(std::uint32_t code, std::uint32_t source = 0) {
        ExceptionQuery wanted{.info_address = with_device.memory.add(info),
                              .info_bytes = sizeof(info),
                              .source = source,
                              .code = code};
        return query(wanted);
    }

    static constexpr std::uint32_t queue_new = 31;
    static constexpr std::uint32_t queue_delete = 32;
    static constexpr std::uint32_t process_runtime = 48;
    kfd::RuntimeInfo info{};
};

TEST_F(DebugExceptions, are_told_of_by_their_source) {
    with_device.create_queue(target);
    EXPECT_EQ(query(queue_new, 0), 0);
    EXPECT_EQ(query(queue_new, 1), -EINVAL) << "no such queue";
    EXPECT_EQ(query(queue_delete, gpu), -ENODATA);
    EXPECT_EQ(query(queue_delete, gpu + 1), -EINVAL);
    EXPECT_EQ(query(process_runtime), -ENODATA);
    EXPECT_EQ(query(0), -EINVAL);
    EXPECT_EQ(query(65), -EINVAL);
}

TEST_F(DebugExceptions, of_the_runtime_bring_its_state_and_can_be_cleared) {
    with_device.begin(target, kfd::Nr::runtime_enable, kfd::RuntimeEnable{});
    ExceptionQuery wanted{
        .info_address = 8, .info_bytes = 64, .code = process_runtime, .clears = 1};
    EXPECT_EQ(query(wanted), -EFAULT);
    wanted.info_address = with_device.memory.add(info);
    EXPECT_EQ(query(wanted), 0);
    EXPECT_EQ(wanted.info_bytes, sizeof(info));
    EXPECT_EQ(query(wanted), -ENODATA) << "cleared";
    wanted.info_address = 0;
    EXPECT_EQ(query(wanted), -EINVAL);
}

TEST_F(DebugExceptions, are_part_of_the_snapshot_of_devices) {
    std::array<DeviceSnapshotEntry, 2> entries{};
    kfd::DebugTrap argument = DebugBench::operation(DebugOp::get_device_snapshot);
    argument.queue_snapshot = {
        .snapshot_buf_ptr = with_device.memory.add(entries), .num_queues = 2, .entry_size = 1000};
    EXPECT_EQ(with_device.trap(argument), 0);
    EXPECT_EQ(argument.queue_snapshot.num_queues, 1U);
    EXPECT_EQ(argument.queue_snapshot.entry_size, 120U);
    EXPECT_EQ(entries[0].gpu_id, gpu);
    EXPECT_EQ(entries[0].gfx_target_version, 110500U);
    argument.queue_snapshot.snapshot_buf_ptr = 8;
    EXPECT_EQ(with_device.trap(argument), -EFAULT);
    argument.queue_snapshot.snapshot_buf_ptr = 0;
    EXPECT_EQ(with_device.trap(argument), -EINVAL);
}

TEST(DebugPermission, comes_from_asking_in_vain_too) {
    DebugBench bench(PermissionRule::debugger);
    bench.open(target);
    bench.open(debugger);
    bench.trace();
    kfd::DebugTrap argument = DebugBench::operation(DebugOp::enable);
    argument.enable.dbg_fd = FakeFiles::pipe_number + 1;
    EXPECT_EQ(bench.trap(argument), -EBADF);
    bench.tasks.alive[target].tracer_tid = 0;
    EXPECT_EQ(bench.trap(DebugOp::disable), -EINVAL) << "allowed, but there is no session";
    EXPECT_EQ(bench.enable(), 0);
    EXPECT_EQ(bench.trap(DebugOp::disable), 0);
    EXPECT_EQ(bench.enable(), -EPERM) << "the session took the right with it";
}

}  // namespace
}  // namespace penstock::emulator
