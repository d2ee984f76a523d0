// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/unit/emulator/debug_bench.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t invalid = kfd::queue_invalid_bit;

class DebuggedQueues : public testing::Test {
  protected:
    void SetUp() override {
        bench.open(target);
        bench.open(debugger);
        bench.enable_runtime();
        bench.create_queue(target);
        bench.attach();
    }

    DebugBench bench;
};

TEST_F(DebuggedQueues, are_suspended_and_resumed) {
    EXPECT_EQ(bench.suspend({0}), 1);
    EXPECT_EQ(bench.ids[0], 0U);
    EXPECT_TRUE(bench.device->suspended.contains({target, 0}));
    EXPECT_EQ(bench.resume({0}), 1);
    EXPECT_TRUE(bench.device->suspended.empty());
}

TEST_F(DebuggedQueues, count_again_when_they_are_in_that_state_already) {
    EXPECT_EQ(bench.suspend({0}), 1);
    EXPECT_EQ(bench.suspend({0}), 1);
    EXPECT_EQ(bench.resume({0}), 1);
    EXPECT_EQ(bench.resume({0}), 1);
}

TEST_F(DebuggedQueues, that_do_not_exist_are_marked) {
    EXPECT_EQ(bench.suspend({7, 0, 0}), 1);
    EXPECT_EQ(bench.ids[0], 7 | invalid);
    EXPECT_EQ(bench.ids[1], 0U);
    EXPECT_EQ(bench.ids[2], 0 | invalid) << "named twice";
    EXPECT_EQ(bench.resume({9}), 0);
    EXPECT_EQ(bench.ids[0], 9 | invalid);
}

TEST_F(DebuggedQueues, made_while_debugged_are_new_until_a_snapshot_cleared_that) {
    EXPECT_EQ(bench.create_queue(target), 1U);
    EXPECT_EQ(bench.files.bytes, 1);
    EXPECT_EQ(bench.suspend({1}), 0);
    EXPECT_EQ(bench.ids[0], 1 | invalid);
    EXPECT_EQ(bench.snapshot(0).found, 2U);
    EXPECT_EQ(bench.entries[1].exception_status, kfd::exception_queue_new);
    EXPECT_EQ(bench.suspend({1}), 0) << "looked at but not cleared";
    bench.snapshot(kfd::exception_queue_new);
    EXPECT_EQ(bench.suspend({1}), 1);
}

TEST_F(DebuggedQueues, are_no_longer_new_once_queried) {
    bench.create_queue(target);
    const DebugBench::Queried queried = bench.query(kfd::exception_queue_new);
    EXPECT_EQ(queried.result, 0);
    EXPECT_EQ(queried.exceptions, kfd::exception_queue_new);
    EXPECT_EQ(queried.queue_id, 1U);
    EXPECT_EQ(queried.gpu_id, gpu);
    EXPECT_EQ(bench.query(0).result, -EAGAIN);
    EXPECT_EQ(bench.suspend({1}), 1);
}

TEST_F(DebuggedQueues, tell_of_their_end) {
    kfd::DestroyQueue argument{.queue_id = 0};
    bench.call(target, kfd::Nr::destroy_queue, argument);
    const DebugBench::Queried queried = bench.query(kfd::exception_device_queue_delete);
    EXPECT_EQ(queried.exceptions, kfd::exception_device_queue_delete);
    EXPECT_EQ(queried.gpu_id, gpu);
    EXPECT_EQ(bench.query(0).result, -EAGAIN);
}

TEST_F(DebuggedQueues, write_no_byte_for_what_nobody_subscribed) {
    bench.trap(kfd::DebugOp::disable);
    EXPECT_EQ(bench.enable(kfd::exception_process_runtime), 0);
    bench.create_queue(target);
    EXPECT_EQ(bench.files.bytes, 0);
    EXPECT_EQ(bench.query(0).result, -EAGAIN);
    kfd::DebugTrap argument = DebugBench::operation(kfd::DebugOp::set_exceptions_enabled);
    argument.words[0] = kfd::exception_queue_new;
    EXPECT_EQ(bench.trap(argument), 0);
    EXPECT_EQ(bench.files.bytes, 1) << "raised before the subscription";
    EXPECT_EQ(bench.query(0).result, 0);
}

TEST_F(DebuggedQueues, are_not_new_to_the_next_session) {
    bench.create_queue(target);
    bench.trap(kfd::DebugOp::disable);
    bench.enable();
    EXPECT_EQ(bench.suspend({1}), 1);
}

TEST_F(DebuggedQueues, hold_the_call_until_they_are_saved) {
    bench.device->cost = 100us;
    const std::uint64_t call = bench.begin(debugger, kfd::Nr::debug_trap, bench.suspension({0}));
    EXPECT_FALSE(bench.result_of(call));
    EXPECT_TRUE(bench.driver.interrupt(call)) << "known, but deaf to signals";
    EXPECT_FALSE(bench.result_of(call));
    bench.pass(99us);
    EXPECT_FALSE(bench.result_of(call));
    bench.pass(1us);
    EXPECT_EQ(bench.result_of(call), 1);
}

TEST_F(DebuggedQueues, show_what_their_owner_gave) {
    const DebugBench::Snapshot shot = bench.snapshot(0);
    EXPECT_EQ(shot.result, 0);
    EXPECT_EQ(shot.found, 1U);
    EXPECT_EQ(shot.entry_size, sizeof(kfd::QueueSnapshotEntry));
    const kfd::CreateQueue given = bench.queue();
    EXPECT_EQ(bench.entries[0].ring_base_address, given.ring_base_address);
    EXPECT_EQ(bench.entries[0].write_pointer_address, given.write_pointer_address);
    EXPECT_EQ(bench.entries[0].read_pointer_address, given.read_pointer_address);
    EXPECT_EQ(bench.entries[0].queue_type, kfd::queue_type_compute_aql);
    EXPECT_EQ(bench.entries[0].ring_size, given.ring_size);
}

TEST_F(DebuggedQueues, are_counted_beyond_the_room_of_a_snapshot) {
    bench.create_queue(target);
    EXPECT_EQ(bench.snapshot(kfd::exception_queue_new, 0).found, 2U);
    EXPECT_EQ(bench.suspend({1}), 0) << "what was not shown is still new";
    EXPECT_EQ(bench.snapshot(kfd::exception_queue_new, 0xffffffff).found, 2U);
    EXPECT_EQ(bench.suspend({1}), 1);
}

TEST_F(DebuggedQueues, fit_entries_of_other_sizes) {
    bench.create_queue(target);
    kfd::DebugTrap argument = DebugBench::operation(kfd::DebugOp::get_queue_snapshot);
    argument.queue_snapshot = {
        .snapshot_buf_ptr = bench.memory.add(bench.entries), .num_queues = 2, .entry_size = 128};
    EXPECT_EQ(bench.trap(argument), 0);
    EXPECT_EQ(argument.queue_snapshot.entry_size, 64U);
    EXPECT_EQ(bench.entries[2].queue_id, 1U) << "the caller's stride counts";
    argument.queue_snapshot.entry_size = 0;
    EXPECT_EQ(bench.trap(argument), -EINVAL);
}

TEST_F(DebuggedQueues, refuse_hostile_arrays) {
    kfd::DebugTrap argument = bench.suspension({0});
    argument.suspend_queues.num_queues = kfd::max_queues_per_call + 1;
    EXPECT_EQ(bench.trap(argument), -EINVAL);
    argument = bench.suspension({0});
    argument.suspend_queues.queue_array_ptr = 0;
    EXPECT_EQ(bench.trap(argument), -EINVAL);
    argument = bench.suspension({0});
    argument.suspend_queues.queue_array_ptr = 8;
    EXPECT_EQ(bench.trap(argument), -EFAULT);
    argument = DebugBench::operation(kfd::DebugOp::get_queue_snapshot);
    argument.queue_snapshot = {.snapshot_buf_ptr = 8, .num_queues = 1, .entry_size = 64};
    EXPECT_EQ(bench.trap(argument), -EFAULT);
    EXPECT_TRUE(bench.device->suspended.empty());
}

TEST_F(DebuggedQueues, all_resume_without_an_array) {
    bench.suspend({0});
    kfd::DebugTrap argument = DebugBench::operation(kfd::DebugOp::resume_queues);
    EXPECT_EQ(bench.trap(argument), 1);
    EXPECT_TRUE(bench.device->suspended.empty());
}

TEST_F(DebuggedQueues, can_not_be_destroyed_while_suspended) {
    bench.suspend({0});
    const std::uint64_t destroy =
        bench.begin(target, kfd::Nr::destroy_queue, kfd::DestroyQueue{.queue_id = 0});
    bench.pass(1s);
    EXPECT_FALSE(bench.result_of(destroy));
    kfd::DestroyQueue again{.queue_id = 0};
    EXPECT_EQ(bench.call(target, kfd::Nr::destroy_queue, again), -EINVAL);
    bench.resume({0});
    bench.pass(0ns);
    EXPECT_EQ(bench.result_of(destroy), 0);
    EXPECT_TRUE(bench.device->queues.empty());
}

TEST_F(DebuggedQueues, survive_an_interrupted_destruction) {
    bench.suspend({0});
    const std::uint64_t destroy =
        bench.begin(target, kfd::Nr::destroy_queue, kfd::DestroyQueue{.queue_id = 0});
    EXPECT_TRUE(bench.driver.interrupt(destroy));
    EXPECT_EQ(bench.result_of(destroy), -EINTR);
    EXPECT_EQ(bench.resume({0}), 1);
    EXPECT_EQ(bench.suspend({0}), 1);
}

}  // namespace
}  // namespace penstock::emulator
