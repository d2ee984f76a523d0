// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/canary_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "agent/probes/calibration/calibration_file.h"
#include "agent/probes/real_machine.h"
#include "tests/fakes/temporary_tree.h"
#include "tests/unit/calibration/sample.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using calibration::Calibration;
using calibration::Probe;
using calibration::ProbeSample;
using calibration::store_calibration;
using calibration::test::sample;
using testing::HasSubstr;

// What the probe will see: 100 ns alone and 200 ns loaded, as sample() was calibrated.
using Script = std::deque<ProbeSample>;

class ScriptedProbe final : public Probe {
  public:
    explicit ScriptedProbe(Script& script) : script_(script) {}

    ProbeSample look() override {
        const ProbeSample next = script_.front();
        if (script_.size() > 1) {
            script_.pop_front();
        }
        return next;
    }

  private:
    Script& script_;
};

class CanarySource : public ::testing::Test {
  protected:
    void store(const Calibration& calibration) {
        ASSERT_TRUE(store_calibration(path_, calibration));
    }

    Opened open() { return source_->open(machine_, {}, {}); }

    std::string refusal() {
        const Opened opened = open();
        const auto* absent = std::get_if<Absent>(&opened);
        return absent == nullptr ? "" : absent->why;
    }

    // Every 20 ms.
    void look(int times) {
        for (int each = 0; each < times; ++each) {
            now_ += 20ms;
            EXPECT_TRUE(source_->read(now_, readings_));
        }
    }

    std::optional<double> pressure() { return readings_.levels.back().value; }

    fakes::TemporaryTree tree_;
    RealMachine machine_ = RealMachine::below(tree_.root());
    std::string path_ = tree_.root() + "/calibration";
    Script script_{{.chase_ns = 100}};
    int probes_made_ = 0;
    std::string probe_trouble_;
    std::unique_ptr<Source> source_ =
        make_canary_with({.calibration_file = path_},
                         [this](Machine&, std::uint64_t) -> Result<std::unique_ptr<Probe>> {
                             ++probes_made_;
                             if (!probe_trouble_.empty()) {
                                 return fail(probe_trouble_);
                             }
                             return std::make_unique<ScriptedProbe>(script_);
                         });
    TimePoint now_{10s};
    Readings readings_;
};

TEST_F(CanarySource, is_absent_without_a_calibration) {
    EXPECT_EQ(refusal(), "not calibrated: penstockctl calibrate");
}

TEST_F(CanarySource, is_absent_with_the_reason_where_it_saw_no_load) {
    Calibration calibration = sample();
    calibration.canary->chase.change = 0.03;
    calibration.canary->chase.auc = 0.61;
    calibration.canary->read.auc = 0.5;
    store(calibration);
    EXPECT_EQ(refusal(),
              "calibration measured a paired change of 3.0 % (15 % needed) and an AUC of 0.61 (0.9 "
              "needed)");
}

TEST_F(CanarySource, is_absent_where_it_could_not_be_judged) {
    Calibration calibration = sample();
    calibration.canary.reset();
    calibration.no_canary_because = "there is one core";
    store(calibration);
    EXPECT_EQ(refusal(), "there is one core");
}

TEST_F(CanarySource, takes_its_memory_only_when_it_is_read) {
    store(sample());
    const Opened opened = open();
    ASSERT_TRUE(std::holds_alternative<Available>(opened));
    EXPECT_EQ(std::get<Available>(opened).what,
              "memory pressure at memory node 0, by a probe of 128 MiB");
    EXPECT_EQ(probes_made_, 0);
    look(2);
    EXPECT_EQ(probes_made_, 1);
}

TEST_F(CanarySource, looks_as_often_as_it_was_calibrated_in_a_lane) {
    Calibration calibration = sample();
    calibration.canary->period = 50ms;
    store(calibration);
    open();
    EXPECT_EQ(source_->pace().period, 50ms);
    EXPECT_EQ(source_->pace().patience, Source::Patience::may_wait);
}

TEST_F(CanarySource, tells_the_pressure_as_a_guess) {
    store(sample());
    open();
    script_ = {{.chase_ns = 150}};
    look(1);
    EXPECT_EQ(pressure(), 0.5);
    const LevelReading& told = readings_.levels.back();
    EXPECT_EQ(told.subject.place, memory_node(0));
    EXPECT_EQ(told.subject.quantity, Quantity::memory_pressure);
    EXPECT_EQ(told.by.confidence, Confidence::heuristic);
    EXPECT_EQ(told.by.taken, now_);
    EXPECT_THAT(std::string(told.by.origin.text()),
                HasSubstr("100.0 ns alone and 200.0 ns loaded, as calibrated 2026-11-28"));
}

TEST_F(CanarySource, uses_the_signal_that_tells_the_load) {
    Calibration calibration = sample();
    std::swap(calibration.canary->chase, calibration.canary->read);
    store(calibration);
    open();
    script_ = {{.chase_ns = 1, .read_ns = 200}};
    look(1);
    EXPECT_EQ(pressure(), 1);
}

TEST_F(CanarySource, is_not_impressed_by_single_looks) {
    store(sample());
    open();
    script_ = {{.chase_ns = 100},
               {.chase_ns = 100},
               {.chase_ns = 100},
               {.chase_ns = 9000},
               {.chase_ns = 9000},
               {.chase_ns = 200}};
    look(5);
    EXPECT_EQ(pressure(), 0);
    look(1);  // 100 100 9000 9000 200
    EXPECT_EQ(pressure(), 1);
}

TEST_F(CanarySource, passes_over_disturbed_looks) {
    store(sample());
    open();
    script_ = {{.chase_ns = 150}, {.chase_ns = 9000, .disturbed = true}};
    look(20);
    EXPECT_EQ(readings_.levels.size(), 1U);
    EXPECT_EQ(pressure(), 0.5);
}

TEST_F(CanarySource, knows_nothing_after_25_disturbed_looks) {
    store(sample());
    open();
    script_ = {{.chase_ns = 150}, {.chase_ns = 9000, .disturbed = true}};
    look(25);
    EXPECT_EQ(pressure(), 0.5);
    look(1);
    EXPECT_EQ(pressure(), std::nullopt);
    EXPECT_THAT(std::string(readings_.levels.back().by.origin.text()),
                HasSubstr("the last 25 looks of the canary were disturbed"));
    script_ = {{.chase_ns = 200}};
    look(1);
    EXPECT_EQ(pressure(), 1);
}

TEST_F(CanarySource, says_why_it_got_no_memory_and_tries_later) {
    store(sample());
    open();
    probe_trouble_ = "there is no memory";
    EXPECT_FALSE(source_->read(now_, readings_));
    const Opened opened = open();
    ASSERT_TRUE(std::holds_alternative<Later>(opened));
    EXPECT_EQ(std::get<Later>(opened).why, "there is no memory");
    EXPECT_TRUE(std::holds_alternative<Available>(open()));
}

TEST_F(CanarySource, goes_on_with_the_same_probe_while_the_calibration_is_the_same) {
    store(sample());
    open();
    look(1);
    now_ += 60s;
    look(2);
    EXPECT_EQ(probes_made_, 1);
}

TEST_F(CanarySource, is_opened_anew_when_somebody_calibrated_anew) {
    store(sample());
    open();
    look(1);
    Calibration calibration = sample();
    calibration.canary->chase.auc = 0.5;
    store(calibration);
    now_ += 59s;
    look(1);
    EXPECT_FALSE(source_->read(now_ + 1s, readings_));
    EXPECT_THAT(refusal(), HasSubstr("calibration measured"));
}

}  // namespace
}  // namespace penstock
