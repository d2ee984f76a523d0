// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <linux/capability.h>

#include <cerrno>

#include "kmod-helpers/emulator/driver/vendor_ioctls.h"
#include "tests/unit/emulator/debug_bench.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

// The target has a runtime and one queue, and its debugger is attached.
class FormerProgram : public testing::Test {
  protected:
    void SetUp() override {
        bench.open(debugger);
        bench.open(target);
        bench.enable_runtime();
        bench.create_queue(target);
        bench.attach();
        bench.driver.run(bench.now);
    }

    void execute_another() { bench.deaths.executed.insert(target); }

    int version_by(std::uint32_t tgid) {
        kfd::GetVersion version;
        return bench.call(tgid, kfd::Nr::get_version, version);
    }

    const Owner* owner() const { return bench.driver.owners().find(target); }

    DebugBench bench;
};

TEST_F(FormerProgram, is_found_gone_within_a_round) {
    execute_another();
    bench.pass(MemoryRounds::period - 1ns);
    EXPECT_NE(owner(), nullptr);
    bench.pass(1ns);
    EXPECT_EQ(owner(), nullptr);
    EXPECT_TRUE(bench.device->queues.empty());
    EXPECT_FALSE(bench.deaths.watched.contains(target));
    EXPECT_EQ(bench.driver.run(bench.now), TimePoint::max());
}

TEST_F(FormerProgram, has_its_round_also_when_no_device_expects_anything) {
    bench.device->pace = 1h;
    bench.pass(MemoryRounds::period);
    EXPECT_EQ(bench.driver.run(bench.now), bench.now + MemoryRounds::period);
}

TEST_F(FormerProgram, takes_its_debuggers_session_with_it) {
    ASSERT_EQ(bench.suspend({0}), 1);
    execute_another();
    EXPECT_EQ(bench.resume({0}), -ESRCH);
    EXPECT_EQ(owner(), nullptr);
    EXPECT_TRUE(bench.device->suspended.empty());
    EXPECT_EQ(version_by(debugger), 0);
}

TEST_F(FormerProgram, leaves_its_debugger_a_new_process_to_debug) {
    execute_another();
    bench.trace();
    const std::uint64_t former = owner()->incarnation;
    EXPECT_EQ(bench.trap(kfd::DebugOp::disable), -ESRCH);
    EXPECT_EQ(bench.enable(), 0);
    EXPECT_NE(owner()->incarnation, former);
    EXPECT_TRUE(owner()->queues.empty());
}

TEST_F(FormerProgram, loses_whom_it_debugged) {
    ASSERT_EQ(bench.suspend({0}), 1);
    bench.deaths.executed.insert(debugger);
    bench.driver.closed(bench.openers.at(debugger), bench.now);
    EXPECT_EQ(bench.driver.owners().find(debugger), nullptr);
    EXPECT_FALSE(owner()->debug);
    EXPECT_TRUE(bench.device->suspended.empty());
}

TEST_F(FormerProgram, ends_when_its_file_is_closed) {
    const std::uint64_t opener = bench.openers.at(target);
    bench.driver.closed(opener, bench.now);
    EXPECT_NE(owner(), nullptr) << "closing alone ends nothing";
    execute_another();
    bench.driver.closed(opener, bench.now);
    EXPECT_EQ(owner(), nullptr);
    bench.driver.closed(opener, bench.now);
}

TEST_F(FormerProgram, leaves_files_that_nobody_owns) {
    execute_another();
    EXPECT_EQ(version_by(target), -EBADF);
    const std::uint64_t inherited = bench.openers.at(target);
    bench.open(target);
    EXPECT_EQ(version_by(target), 0);
    bench.openers[target] = inherited;
    EXPECT_EQ(version_by(target), -EBADF);
}

TEST_F(FormerProgram, leaves_a_process_that_starts_anew) {
    const std::uint64_t former = bench.openers.at(target);
    execute_another();
    bench.open(target);
    EXPECT_NE(owner()->incarnation, former);
    kfd::RuntimeEnable runtime{.mode_mask = kfd::runtime_enable_mode_enable};
    EXPECT_EQ(bench.call(target, kfd::Nr::runtime_enable, runtime), 0);
    EXPECT_EQ(bench.create_queue(target), 0U);
    EXPECT_EQ(bench.device->queues.size(), 1U);
}

TEST_F(FormerProgram, abandons_its_call_under_way) {
    ASSERT_EQ(bench.suspend({0}), 1);
    const std::uint64_t call =
        bench.begin(target, kfd::Nr::destroy_queue, kfd::DestroyQueue{.queue_id = 0});
    ASSERT_FALSE(bench.result_of(call));
    execute_another();
    bench.pass(MemoryRounds::period);
    EXPECT_EQ(bench.result_of(call), -EINTR);
}

TEST_F(FormerProgram, is_no_concern_of_a_child_that_shares_its_memory) {
    bench.tasks.alive[700].tgid = 700;
    bench.openers[700] = bench.openers.at(target);
    EXPECT_EQ(version_by(700), -EBADF);
    EXPECT_NE(owner(), nullptr);
}

class RoundsOfMany : public testing::Test {
  protected:
    static constexpr std::uint32_t first = 1000;

    void add_owners(std::size_t count) {
        for (std::uint32_t tgid = first; tgid < first + count; ++tgid) {
            bench.open(tgid);
            bench.create_queue(tgid);
        }
        bench.open(1);
        bench.deaths.questions = 0;
    }

    DriverBench bench;
};

TEST_F(RoundsOfMany, ask_for_no_more_than_the_bound) {
    add_owners(MemoryRounds::most_at_once + 10);
    bench.pass(MemoryRounds::period);
    EXPECT_EQ(bench.deaths.questions, MemoryRounds::most_at_once);
    bench.pass(MemoryRounds::period - 1ns);
    EXPECT_EQ(bench.deaths.questions, MemoryRounds::most_at_once);
}

TEST_F(RoundsOfMany, come_to_each_owner_in_turn) {
    add_owners(MemoryRounds::most_at_once + 10);
    bench.deaths.executed = {first, first + MemoryRounds::most_at_once + 9};
    bench.pass(MemoryRounds::period);
    bench.pass(MemoryRounds::period);
    EXPECT_EQ(bench.driver.owners().all().size(), MemoryRounds::most_at_once + 9);
}

TEST_F(RoundsOfMany, leave_out_owners_without_a_queue) {
    add_owners(2);
    bench.pass(MemoryRounds::period);
    EXPECT_EQ(bench.deaths.questions, 2);
}

TEST(FormerPrograms, are_found_by_a_vendors_call) {
    DriverBench bench{DriverSettings{.vendor = VendorNumbers{.preempt = 0x90, .resume = 0x91}}};
    bench.open(100);
    bench.open(200);
    bench.create_queue(200);
    bench.tasks.capabilities.insert({100, CAP_SYS_ADMIN});
    bench.deaths.executed.insert(200);
    const VendorPreemption argument{.pid = 200};
    EXPECT_EQ(bench.result_of(bench.begin(100, static_cast<kfd::Nr>(0x90), argument)), -ESRCH);
    EXPECT_EQ(bench.driver.owners().find(200), nullptr);
}

}  // namespace
}  // namespace penstock::emulator
