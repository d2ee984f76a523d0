// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <linux/capability.h>

#include <cerrno>

#include "kmod-helpers/emulator/driver/counters_text.h"
#include "tests/unit/emulator/debug_bench.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t agent = 500;

class CriuBench : public DebugBench {
  public:
    explicit CriuBench(std::string_view kernel = "6.12.117")
        : DebugBench(DriverBench::with_kernel(kernel)) {
        open(target);
        tasks.alive[agent].tgid = agent;
        // The target's own file, in the agent's hands.
        openers[agent] = openers.at(target);
        tasks.capabilities.insert({agent, CAP_CHECKPOINT_RESTORE});
        trace();
    }

    int criu(kfd::CriuOp op, std::uint32_t caller = agent) {
        last = {.op = static_cast<std::uint32_t>(op)};
        return call(caller, kfd::Nr::criu_op, last);
    }

    int evict() { return criu(kfd::CriuOp::process_info); }

    int unpause() { return criu(kfd::CriuOp::unpause); }

    bool runs(std::uint32_t number = 0) const {
        return !device->suspended.contains({target, number});
    }

    kfd::Criu last{};
};

TEST(Criu, evicts_all_queues_of_the_files_owner_until_it_is_unpaused) {
    CriuBench bench;
    bench.create_queue(target);
    bench.create_queue(target);
    EXPECT_EQ(bench.evict(), 0);
    EXPECT_EQ(bench.last.pid, target);
    EXPECT_EQ(bench.last.num_devices, 1U);
    EXPECT_EQ(bench.last.num_objects, 2U);
    EXPECT_FALSE(bench.runs(0) || bench.runs(1));
    EXPECT_EQ(bench.unpause(), 0);
    EXPECT_TRUE(bench.runs(0) && bench.runs(1));
}

TEST(Criu, is_for_the_tracing_thread_of_the_owners_leader) {
    CriuBench bench;
    bench.tasks.alive[target].tracer_tid = 0;
    EXPECT_EQ(bench.evict(), -EBADF);
    bench.tasks.alive[target].tracer_tid = 501;  // Another thread of the agent.
    EXPECT_EQ(bench.evict(), -EBADF);
    bench.trace();
    EXPECT_EQ(bench.evict(), 0);
}

TEST(Criu, is_the_only_call_on_a_foreign_file) {
    CriuBench bench;
    kfd::GetVersion version;
    EXPECT_EQ(bench.call(agent, kfd::Nr::get_version, version), -EBADF);
    kfd::UpdateQueue update;
    EXPECT_EQ(bench.call(agent, kfd::Nr::update_queue, update), -EBADF);
}

TEST(Criu, wants_a_privileged_caller_before_it_looks_at_anything_else) {
    CriuBench bench;
    bench.tasks.capabilities.clear();
    EXPECT_EQ(bench.evict(), -EACCES);
    EXPECT_EQ(bench.criu(static_cast<kfd::CriuOp>(77)), -EACCES);
    bench.tasks.capabilities.insert({agent, CAP_SYS_ADMIN});
    EXPECT_EQ(bench.criu(static_cast<kfd::CriuOp>(77)), -EINVAL);
    EXPECT_EQ(bench.evict(), 0);
}

TEST(Criu, may_be_called_by_the_owner_itself) {
    CriuBench bench;
    bench.tasks.alive[target].tracer_tid = 0;
    EXPECT_EQ(bench.criu(kfd::CriuOp::process_info, target), -EACCES);
    bench.tasks.capabilities.insert({target, CAP_SYS_ADMIN});
    EXPECT_EQ(bench.criu(kfd::CriuOp::process_info, target), 0);
}

TEST(Criu, needs_a_device) {
    DriverBench bench(DriverSettings{}, {});
    bench.open(target);
    bench.tasks.capabilities.insert({target, CAP_SYS_ADMIN});
    kfd::Criu argument{.op = static_cast<std::uint32_t>(kfd::CriuOp::process_info)};
    EXPECT_EQ(bench.call(target, kfd::Nr::criu_op, argument), -ENODEV);
    argument.op = static_cast<std::uint32_t>(kfd::CriuOp::unpause);
    EXPECT_EQ(bench.call(target, kfd::Nr::criu_op, argument), -EINVAL);
}

TEST(Criu, unpauses_only_what_is_paused) {
    CriuBench bench;
    EXPECT_EQ(bench.unpause(), -EINVAL);
    EXPECT_EQ(bench.evict(), 0);
    EXPECT_EQ(bench.unpause(), 0);
    EXPECT_EQ(bench.unpause(), -EINVAL);
}

TEST(Criu, evicts_once_however_often_it_is_asked) {
    CriuBench bench;
    bench.create_queue(target);
    EXPECT_EQ(bench.evict(), 0);
    EXPECT_EQ(bench.evict(), 0);
    EXPECT_EQ(bench.unpause(), 0);
    EXPECT_TRUE(bench.runs());
}

TEST(Criu, of_older_kernels_never_ends_a_second_eviction) {
    for (const std::string_view kernel : {"6.1", "6.5"}) {
        CriuBench bench(kernel);
        bench.create_queue(target);
        EXPECT_EQ(bench.evict(), 0);
        EXPECT_EQ(bench.evict(), 0);
        EXPECT_EQ(bench.unpause(), 0);
        EXPECT_EQ(bench.unpause(), -EINVAL);
        EXPECT_FALSE(bench.runs()) << kernel;
    }
}

TEST(Criu, holds_a_queue_that_is_made_meanwhile) {
    CriuBench bench;
    bench.evict();
    bench.create_queue(target);
    EXPECT_TRUE(bench.device->queues.at({target, 0}).starts_suspended);
    bench.unpause();
    EXPECT_EQ(bench.driver.devices().tally(gpu).resumes, 1U);
}

TEST(Criu, is_not_undone_when_the_caller_dies) {
    CriuBench bench;
    bench.create_queue(target);
    bench.open(agent);
    bench.openers[agent] = bench.openers.at(target);
    bench.evict();
    bench.driver.died(agent, bench.now);
    EXPECT_FALSE(bench.runs());
    bench.driver.died(target, bench.now);
    EXPECT_TRUE(bench.device->queues.empty());
}

TEST(Criu, and_a_debugger_hold_independently) {
    CriuBench bench;
    bench.enable_runtime();
    bench.create_queue(target);
    bench.open(agent);
    bench.enable();
    EXPECT_EQ(bench.suspend({0}), 1);
    bench.openers[agent] = bench.openers.at(target);
    EXPECT_EQ(bench.evict(), 0);
    bench.open(agent);
    EXPECT_EQ(bench.resume({0}), 1);
    EXPECT_FALSE(bench.runs()) << "still evicted";
    bench.openers[agent] = bench.openers.at(target);
    EXPECT_EQ(bench.unpause(), 0);
    EXPECT_TRUE(bench.runs());
}

TEST(Criu, lasts_until_the_save_is_done) {
    CriuBench bench;
    bench.create_queue(target);
    bench.device->cost = 100us;
    const kfd::Criu argument{.op = static_cast<std::uint32_t>(kfd::CriuOp::process_info)};
    const std::uint64_t call = bench.begin(agent, kfd::Nr::criu_op, argument);
    EXPECT_FALSE(bench.result_of(call));
    bench.pass(100us);
    EXPECT_EQ(bench.result_of(call), 0);
}

TEST(Criu, makes_no_checkpoint_and_restores_none) {
    CriuBench bench;
    EXPECT_EQ(bench.criu(kfd::CriuOp::checkpoint), -EINVAL);
    EXPECT_EQ(bench.criu(kfd::CriuOp::restore), -EINVAL);
    EXPECT_EQ(bench.criu(kfd::CriuOp::resume), -ESRCH);
    bench.last = {.pid = target, .op = static_cast<std::uint32_t>(kfd::CriuOp::resume)};
    EXPECT_EQ(bench.call(agent, kfd::Nr::criu_op, bench.last), 0);
}

TEST(Criu, shows_in_the_counters) {
    CriuBench bench;
    bench.create_queue(target);
    bench.evict();
    const std::string text = counters_text(bench.driver.devices(), bench.driver.owners());
    EXPECT_NE(text.find("suspends 0\n"), std::string::npos) << text;
    EXPECT_NE(text.find("evictions 1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("suspended_queues 0\nevicted_queues 1\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace penstock::emulator
