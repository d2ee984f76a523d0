// SPDX-License-Identifier: Apache-2.0
//
// Memory that devices share: what who waits for it loses, and the shield that keeps some of it
// free.

#include <gtest/gtest.h>

#include "sim/machine/memory_token.h"
#include "tests/sim/stage.h"

namespace penstock::sim {
namespace {

constexpr std::uint64_t gb = 1'000'000'000;

// Two devices with one job each that never stops, and so much DRAM traffic of each.
Scenario pair(std::uint64_t first, std::uint64_t second, MemoryModel memory) {
    using namespace std::chrono_literals;
    Scenario scenario;
    scenario.duration = 3s;
    scenario.memory = memory;
    scenario.devices = {{.name = "a"}, {.name = "b"}};
    scenario.jobs = {{.name = "a", .dram_rate = first, .arrivals = {.depth = 2}},
                     {.name = "b", .device = 1, .dram_rate = second, .arrivals = {.depth = 2}}};
    return scenario;
}

TEST(Memory, is_shared_by_what_is_asked_for) {
    const Stage stage(pair(60 * gb, 20 * gb, {.bus = {.peak = 40 * gb}}), "native");
    EXPECT_NEAR(stage.value("a", "dram_gb_per_second"), 30, 0.3);
    EXPECT_NEAR(stage.value("b", "dram_gb_per_second"), 10, 0.1);
    EXPECT_NEAR(stage.value("b", "throughput_relative"), 0.5, 0.005);
}

TEST(Memory, gives_less_while_too_many_ask) {
    const Stage stage(pair(60 * gb, 20 * gb, {.bus = {.peak = 40 * gb, .contention_loss = 0.2}}),
                      "native");
    EXPECT_NEAR(stage.value("a", "dram_gb_per_second"), 24, 0.3);
    EXPECT_NEAR(stage.value("b", "dram_gb_per_second"), 8, 0.1);
}

TEST(Memory, is_no_concern_of_who_needs_none) {
    const Stage stage(pair(100 * gb, 0, {.bus = {.peak = 40 * gb}}), "native");
    EXPECT_NEAR(stage.value("b", "device_share"), 1, 0.001);
    EXPECT_EQ(stage.value("b", "dram_gb_per_second"), 0);
    EXPECT_NEAR(stage.value("a", "device_share"), 0.4, 0.005);
}

TEST(Memory, loses_no_work) {
    const Stage stage(pair(70 * gb, 33 * gb, {.bus = {.peak = 40 * gb, .contention_loss = 0.1}}),
                      "native");
    EXPECT_EQ(stage.run().executed, stage.run().launched);
    EXPECT_EQ(stage.run().service, stage.run().work);
}

TEST(Memory, is_passed_on_as_a_token_in_the_order_of_asking) {
    MemoryToken token;
    EXPECT_FALSE(token.holder());
    for (const std::uint32_t process : {2U, 1U, 2U}) {
        token.note(process, true);
    }
    EXPECT_EQ(token.holder(), 2U);
    token.note(2, false);
    EXPECT_EQ(token.holder(), 1U);
    token.note(1, false);
    token.note(1, false);
    EXPECT_FALSE(token.holder());
}

// Requests of the same length in turns: each waits for one of the other's, and the bus is as busy
// as one of them makes it.
TEST(Memory, is_wasted_by_a_token) {
    Scenario scenario =
        pair(30 * gb, 20 * gb, {.bus = {.peak = 60 * gb}, .control = MemoryControl::token});
    for (JobModel& job : scenario.jobs) {
        job.kernels = 100;
        job.arrivals.depth = 1;
    }
    const Stage token(scenario, "observe-only");
    const Stage native(scenario, "native");
    EXPECT_NEAR(native.value("a", "dram_gb_per_second"), 30, 0.3);
    EXPECT_NEAR(token.value("a", "dram_gb_per_second"), 15, 0.3);
    EXPECT_NEAR(token.value("b", "dram_gb_per_second"), 10, 0.3);
    EXPECT_NEAR(token.value("a", "slowdown_p99"), 2, 0.05);
}

// What everybody together moves, in GB/s.
double total_of(const Stage& stage) {
    double sum = 0;
    for (const JobFigures& job : stage.run().jobs) {
        sum += stage.value(job.name, "dram_gb_per_second");
    }
    return sum;
}

Stage controlled(const std::string& name, double loss, MemoryControl control) {
    Scenario scenario = shipped(name);
    scenario.memory.bus.contention_loss = loss;
    scenario.memory.control = control;
    return {scenario, "observe-only"};
}

struct Split {
    const char* scenario;
    bool fits;
};

// Of what all move without any control.
double least_total(bool fits, double loss) {
    if (fits) {
        return 0.999;
    }
    if (loss > 0.2) {
        return 1.2;
    }
    return loss > 0 ? 1.0 : 0.94;
}

class SplitInference : public testing::TestWithParam<Split> {};

TEST_P(SplitInference, loses_nothing_that_matters_to_leases) {
    const auto [name, fits] = GetParam();
    for (const double loss : {0.0, 0.1, 0.3}) {
        SCOPED_TRACE(std::string(name) + ", loss " + std::to_string(loss));
        const double none = total_of(controlled(name, loss, MemoryControl::none));
        const double token = total_of(controlled(name, loss, MemoryControl::token));
        const Stage leases = controlled(name, loss, MemoryControl::leases);
        EXPECT_LE(leases.value("decode", "slowdown_p99"), 1.05);
        EXPECT_GE(total_of(leases), token);
        EXPECT_GE(total_of(leases), least_total(fits, loss) * none);
    }
}

INSTANTIATE_TEST_SUITE_P(Memory,
                         SplitInference,
                         testing::Values(Split{.scenario = "memory_45_25", .fits = false},
                                         Split{.scenario = "memory_30_20", .fits = true},
                                         Split{.scenario = "memory_55_40", .fits = false},
                                         Split{.scenario = "memory_45_20_20", .fits = false}),
                         [](const auto& each) { return std::string(each.param.scenario); });

// Whoever dies gives its lease back, and whoever uses less than it has leaves the rest to others.
TEST(Memory, of_the_dead_goes_to_the_living) {
    using namespace std::chrono_literals;
    Scenario scenario =
        pair(45 * gb, 45 * gb, {.bus = {.peak = 60 * gb}, .control = MemoryControl::leases});
    scenario.jobs[0].ends = 1s;
    scenario.duration = 2500ms;
    scenario.warm_up = 1500ms;
    const Stage stage(scenario, "observe-only");
    EXPECT_NEAR(stage.value("b", "dram_gb_per_second"), 45, 0.5);
}

TEST(Memory, is_kept_free_by_the_shield) {
    const Scenario scenario = shipped("shield");
    const Stage native(scenario, "native");
    const Stage priority(scenario, "fixed-priority");
    const Stage shield(scenario, "shield");
    EXPECT_NEAR(native.value("answers", "slowdown_mean"), 95.0 / 57, 0.01);
    EXPECT_NEAR(priority.value("answers", "slowdown_mean"), 95.0 / 57, 0.01) << "other devices";
    EXPECT_LE(shield.value("answers", "slowdown_mean"), 1.06);
    EXPECT_LE(shield.value("answers", "slowdown_p99"), 1.4) << "a tenth of the time they meet";
    EXPECT_GE(shield.value("training", "device_share"), 0.08);
    EXPECT_FALSE(shield.run().anyone_suspended);
}

}  // namespace
}  // namespace penstock::sim
