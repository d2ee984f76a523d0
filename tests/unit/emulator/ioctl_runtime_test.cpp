// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/unit/emulator/debug_bench.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

class Runtime : public testing::Test {
  protected:
    void SetUp() override {
        bench.open(target);
        bench.open(debugger);
    }

    std::uint64_t runtime(bool enable) {
        return bench.begin(
            target,
            kfd::Nr::runtime_enable,
            kfd::RuntimeEnable{.mode_mask = enable ? kfd::runtime_enable_mode_enable : 0});
    }

    DebugBench bench;
};

TEST_F(Runtime, starts_once_and_before_the_first_queue) {
    EXPECT_EQ(bench.result_of(runtime(true)), 0);
    EXPECT_EQ(bench.result_of(runtime(true)), -EBUSY);
    EXPECT_EQ(bench.result_of(runtime(false)), 0);
    bench.create_queue(target);
    EXPECT_EQ(bench.result_of(runtime(true)), -EEXIST);
}

TEST_F(Runtime, waits_for_the_answer_of_a_debugger) {
    bench.attach();
    const std::uint64_t start = runtime(true);
    bench.pass(10s);
    EXPECT_FALSE(bench.result_of(start));
    EXPECT_EQ(bench.files.bytes, 1);
    EXPECT_EQ(bench.query(kfd::exception_process_runtime).exceptions,
              kfd::exception_process_runtime);
    EXPECT_EQ(bench.send_runtime_event(), 0);
    bench.pass(0ns);
    EXPECT_EQ(bench.result_of(start), 0);
}

TEST_F(Runtime, is_enabled_for_suspends_already_while_it_waits) {
    bench.attach();
    runtime(true);
    EXPECT_EQ(bench.suspend({}), 0);
}

TEST_F(Runtime, takes_an_answer_that_came_before_the_question) {
    bench.attach();
    EXPECT_EQ(bench.send_runtime_event(), 0);
    EXPECT_EQ(bench.result_of(runtime(true)), 0);
    EXPECT_FALSE(bench.result_of(runtime(false))) << "one answer lets one call go";
}

TEST_F(Runtime, waits_at_its_end_too_and_runs_everything_again) {
    EXPECT_EQ(bench.result_of(runtime(true)), 0);
    bench.create_queue(target);
    bench.attach();
    EXPECT_EQ(bench.suspend({0}), 1);
    const std::uint64_t end = runtime(false);
    EXPECT_FALSE(bench.result_of(end));
    EXPECT_TRUE(bench.device->suspended.empty());
    bench.send_runtime_event();
    bench.pass(0ns);
    EXPECT_EQ(bench.result_of(end), 0);
    EXPECT_EQ(bench.suspend({0}), -EPERM);
}

TEST_F(Runtime, may_be_interrupted_and_then_only_waits_on) {
    bench.attach();
    const std::uint64_t first = runtime(true);
    EXPECT_TRUE(bench.driver.interrupt(first));
    EXPECT_EQ(bench.result_of(first), -EINTR);
    const std::uint64_t second = runtime(true);
    EXPECT_FALSE(bench.result_of(second));
    EXPECT_EQ(bench.files.bytes, 1) << "announced once";
    bench.send_runtime_event();
    bench.pass(0ns);
    EXPECT_EQ(bench.result_of(second), 0);
}

// The driver forgets to wake it: only an answer or a signal does.
TEST_F(Runtime, still_waits_when_the_debugger_died) {
    bench.attach();
    const std::uint64_t start = runtime(true);
    bench.driver.died(debugger, bench.now);
    bench.pass(1s);
    EXPECT_FALSE(bench.result_of(start));
    EXPECT_TRUE(bench.driver.interrupt(start));
    EXPECT_EQ(bench.result_of(runtime(true)), 0) << "the repeated call finds nobody to wait for";
}

TEST_F(Runtime, is_answered_when_its_process_dies_in_it) {
    bench.attach();
    const std::uint64_t start = runtime(true);
    bench.driver.died(target, bench.now);
    EXPECT_EQ(bench.result_of(start), -EINTR);
}

}  // namespace
}  // namespace penstock::emulator
