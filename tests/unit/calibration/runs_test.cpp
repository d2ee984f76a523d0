// SPDX-License-Identifier: Apache-2.0
//
// The two runs on a bench that behaves as told, without time.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/probes/calibration/canary_run.h"
#include "agent/probes/calibration/peak_run.h"

namespace penstock::calibration {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class FakeBench final : public Bench {
  public:
    [[nodiscard]] std::size_t cores() const override { return cores_; }

    void begin(StreamKind kind, Members who) override {
        EXPECT_FALSE(streaming_);
        streaming_ = true;
        kind_ = kind;
        who_ = who;
        ++begun_;
    }

    double end() override {
        EXPECT_TRUE(streaming_);
        streaming_ = false;
        // Cores add up to a limit; one round in five is disturbed.
        const double alone = kind_ == StreamKind::write ? 2e9 : 1e9;
        const double together = std::min(alone * static_cast<double>(who_.count), 3e9);
        return begun_ % 5 == 0 ? together / 10 : together;
    }

    ProbeSample probe() override {
        ++probes_;
        const double load = streaming_ ? 1 + slowdown_ : 1;
        return {.chase_ns = (100 + static_cast<double>(probes_ % 7)) * load,
                .read_ns = 5,
                .disturbed = disturbed_every_ != 0 && probes_ % disturbed_every_ == 0};
    }

    void wait(Duration period) override { waited_ += period; }

    [[nodiscard]] bool interrupted() const override {
        return interrupted_after_ != 0 && begun_ >= interrupted_after_;
    }

    std::size_t cores_ = 4;
    double slowdown_ = 0;
    int disturbed_every_ = 0;
    int interrupted_after_ = 0;
    StreamKind kind_{};
    Members who_{};
    bool streaming_ = false;
    int begun_ = 0;
    int probes_ = 0;
    Duration waited_{};
};

TEST(CoreCounts, are_powers_of_two_and_the_number_itself) {
    EXPECT_THAT(core_counts(1), ElementsAre(1));
    EXPECT_THAT(core_counts(2), ElementsAre(1, 2));
    EXPECT_THAT(core_counts(6), ElementsAre(1, 2, 4, 6));
    EXPECT_THAT(core_counts(8), ElementsAre(1, 2, 4, 8));
}

TEST(PeakPlan, shares_the_time_between_its_windows_but_keeps_them_long_enough) {
    EXPECT_EQ(peak_plan(0, 2, 3s).window, 100ms);
    EXPECT_EQ(peak_plan(0, 64, 1ms).window, 20ms);
}

TEST(PeakRun, takes_the_median_of_the_rounds_for_each_kind_and_count_of_cores) {
    FakeBench bench;
    const auto rows = measure_peaks(bench, {.node = 3, .rounds = 5, .window = 10ms});
    ASSERT_TRUE(rows);
    EXPECT_THAT(*rows,
                ElementsAre(PeakRow{.node = 3,
                                    .cores = 1,
                                    .read = {1'000'000'000},
                                    .write = {2'000'000'000},
                                    .copy = {1'000'000'000}},
                            PeakRow{.node = 3,
                                    .cores = 2,
                                    .read = {2'000'000'000},
                                    .write = {3'000'000'000},
                                    .copy = {2'000'000'000}},
                            PeakRow{.node = 3,
                                    .cores = 4,
                                    .read = {3'000'000'000},
                                    .write = {3'000'000'000},
                                    .copy = {3'000'000'000}}));
    EXPECT_EQ(bench.waited_, 45 * 10ms);
}

TEST(PeakRun, stops_when_interrupted) {
    FakeBench bench;
    bench.interrupted_after_ = 4;
    const auto rows = measure_peaks(bench, {});
    ASSERT_FALSE(rows);
    EXPECT_THAT(rows.error().message(), HasSubstr("interrupted"));
    EXPECT_EQ(bench.begun_, 4);
    EXPECT_FALSE(bench.streaming_);
}

TEST(CanaryPlan, has_as_many_rounds_as_fit) {
    // Three windows of 11 probes, 20 ms apart.
    EXPECT_EQ(canary_plan(6600ms).rounds, 10U);
    EXPECT_EQ(canary_plan(1s).rounds, 4U);
    EXPECT_EQ(canary_plan(3600s).rounds, 100U);
}

TEST(CanaryRun, finds_a_load_that_slows_memory_down) {
    FakeBench bench;
    bench.slowdown_ = 0.5;
    const auto trial =
        try_canary(bench, {.load = StreamKind::copy, .rounds = 8, .buffer_bytes = 9});
    ASSERT_TRUE(trial);
    EXPECT_NEAR(trial->chase.change, 0.5, 0.05);
    EXPECT_EQ(trial->chase.auc, 1);
    EXPECT_LE(trial->chase.interval.low, trial->chase.change);
    EXPECT_GE(trial->chase.interval.high, trial->chase.change);
    EXPECT_NEAR(trial->chase.alone_ns, 103, 2);
    EXPECT_NEAR(trial->chase.loaded_ns, 154.5, 3);
    EXPECT_EQ(trial->read.change, 0);
    EXPECT_EQ(trial->read.auc, 0.5);
    EXPECT_EQ(trial->buffer_bytes, 9U);
}

TEST(CanaryRun, finds_no_load_that_changes_nothing) {
    FakeBench bench;
    const auto trial = try_canary(bench, {.rounds = 8});
    ASSERT_TRUE(trial);
    EXPECT_NEAR(trial->chase.change, 0, 0.02);
    EXPECT_NEAR(trial->chase.auc, 0.5, 0.05);
}

// Half of the rounds are A-B-A, the others B-A-B: 12 windows of either sort with 10 probes each.
TEST(CanaryRun, probes_as_often_alone_as_loaded) {
    FakeBench bench;
    const auto trial = try_canary(bench, {.rounds = 8});
    ASSERT_TRUE(trial);
    EXPECT_EQ(trial->alone, 120U);
    EXPECT_EQ(trial->loaded, 120U);
    EXPECT_EQ(bench.begun_, 12);
    EXPECT_EQ(bench.waited_, 24 * 11 * 20ms);
}

TEST(CanaryRun, leaves_its_own_core_out_of_the_load) {
    FakeBench bench;
    ASSERT_TRUE(try_canary(bench, {.load = StreamKind::write, .rounds = 4}));
    EXPECT_EQ(bench.kind_, StreamKind::write);
    EXPECT_EQ(bench.who_.first, 1U);
    EXPECT_EQ(bench.who_.count, 3U);
}

TEST(CanaryRun, discards_disturbed_probes) {
    FakeBench bench;
    bench.disturbed_every_ = 4;
    const auto trial = try_canary(bench, {.rounds = 8});
    ASSERT_TRUE(trial);
    EXPECT_GT(trial->discarded, 50U);
    EXPECT_EQ(trial->alone + trial->loaded + trial->discarded, 240U);
}

TEST(CanaryRun, keeps_nothing_when_every_probe_is_disturbed) {
    FakeBench bench;
    bench.disturbed_every_ = 1;
    const auto trial = try_canary(bench, {.rounds = 4});
    ASSERT_TRUE(trial);
    EXPECT_EQ(trial->alone + trial->loaded, 0U);
    EXPECT_EQ(trial->chase, (SignalFigures{.auc = 0}));
}

TEST(CanaryRun, stops_when_interrupted_and_leaves_nothing_streaming) {
    FakeBench bench;
    bench.interrupted_after_ = 2;
    const auto trial = try_canary(bench, {.rounds = 8});
    ASSERT_FALSE(trial);
    EXPECT_THAT(trial.error().message(), HasSubstr("interrupted"));
    EXPECT_FALSE(bench.streaming_);
}

}  // namespace
}  // namespace penstock::calibration
