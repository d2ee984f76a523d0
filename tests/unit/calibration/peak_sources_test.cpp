// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/peak_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "agent/probes/calibration/calibration_file.h"
#include "agent/probes/calibration/calibration_text.h"
#include "agent/probes/real_machine.h"
#include "agent/state/measured.h"
#include "tests/fakes/temporary_tree.h"
#include "tests/unit/calibration/sample.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using calibration::Calibration;
using calibration::store_calibration;
using calibration::test::sample;
using testing::HasSubstr;
using testing::StartsWith;

class PeakSources : public ::testing::Test {
  protected:
    [[nodiscard]] std::string path() const { return tree_.root() + "/calibration"; }

    [[nodiscard]] SourceSettings settings() const { return {.calibration_file = path()}; }

    // As the catalogue numbers them.
    std::vector<NumberedSource> all(const SourceSettings& settings) {
        std::vector<NumberedSource> found;
        for (NumberedSource& each : make_sources(settings, {})) {
            if (each.source->name().ends_with("_peak")) {
                found.push_back(std::move(each));
            }
        }
        return found;
    }

    MemoryNode first_node(const SourceSettings& settings) {
        Readings readings;
        for (NumberedSource& each : all(settings)) {
            if (std::holds_alternative<Available>(each.source->open(machine_, {}, each.id))) {
                each.source->read(TimePoint(1s), readings);
            }
        }
        QuantityBook book;
        for (const LevelReading& level : readings.levels) {
            book.absorb(level);
        }
        Snapshot snapshot;
        write_measurements(book, snapshot);
        return snapshot.memory.empty() ? MemoryNode{} : snapshot.memory.front();
    }

    std::string refusal(Source& source, const Surroundings& around = {}) {
        const Opened opened = source.open(machine_, around, {});
        const auto* absent = std::get_if<Absent>(&opened);
        return absent == nullptr ? "" : absent->why;
    }

    fakes::TemporaryTree tree_;
    RealMachine machine_ = RealMachine::below(tree_.root());
};

TEST_F(PeakSources, publish_what_calibration_measured_and_how) {
    ASSERT_TRUE(store_calibration(path(), sample()));
    const MemoryNode node = first_node(settings());
    EXPECT_EQ(node.peak.value, BytesPerSecond{28'100'000'000});
    EXPECT_EQ(node.peak.source.text(), "measured 2026-11-28 by streaming reads on 2 cores");
    EXPECT_EQ(node.peak.confidence, Confidence::derived);
}

TEST_F(PeakSources, say_when_it_was_measured_beside_others) {
    Calibration calibration = sample();
    calibration.others = 0.5;
    ASSERT_TRUE(store_calibration(path(), calibration));
    EXPECT_EQ(first_node(settings()).peak.source.text(),
              "measured 2026-11-28 by streaming reads on 2 cores while other programs used 50 % of "
              "the processors");
}

TEST_F(PeakSources, publish_what_cores_at_once_gain) {
    ASSERT_TRUE(store_calibration(path(), sample()));
    const MemoryNode node = first_node(settings());
    EXPECT_EQ(node.concurrency_gain.value, 2.25);
    EXPECT_EQ(node.concurrency_gain.source.text(),
              "measured 2026-11-28 by streaming copies on 2 cores");
    EXPECT_EQ(node.concurrency_gain.confidence, Confidence::derived);
}

TEST_F(PeakSources, say_why_there_is_no_gain) {
    Calibration calibration = sample();
    calibration.peaks.pop_back();
    ASSERT_TRUE(store_calibration(path(), calibration));
    const MemoryNode node = first_node(settings());
    EXPECT_TRUE(node.peak.value);
    EXPECT_FALSE(node.concurrency_gain.value);
    EXPECT_THAT(std::string(node.concurrency_gain.source.text()), HasSubstr("with several"));
}

TEST_F(PeakSources, know_no_gain_from_a_file_with_rates_that_can_not_be) {
    const std::string whole = text_of(sample());
    const std::string right = "peak=0 2 28100000000";
    for (const char* wrong : {"peak=0 2 nan",
                              "peak=0 2 -1",
                              "peak=0 2 0",
                              "peak=0 2 inf",
                              "peak=0 2 99999999999999999999",
                              "peak=0 2"}) {
        std::string text = whole;
        tree_.write("calibration", text.replace(text.find(right), right.size(), wrong));
        EXPECT_FALSE(first_node(settings()).concurrency_gain.value) << wrong;
    }
}

TEST_F(PeakSources, believe_the_administrator_first) {
    ASSERT_TRUE(store_calibration(path(), sample()));
    SourceSettings both = settings();
    both.configured_peak = BytesPerSecond{50'000'000'000};
    const MemoryNode node = first_node(both);
    EXPECT_EQ(node.peak.value, BytesPerSecond{50'000'000'000});
    EXPECT_EQ(node.peak.source.text(), "configured as DramPeak=");
    EXPECT_EQ(node.concurrency_gain.value, 2.25) << "of which he has said nothing";
}

TEST_F(PeakSources, leave_the_peak_unknown_without_either) {
    EXPECT_FALSE(first_node(settings()).peak.value);
}

TEST_F(PeakSources, configure_every_node_that_has_memory) {
    tree_.write("sys/devices/system/node/has_memory", "0,2\n");
    const auto source = make_configured_peak({.configured_peak = BytesPerSecond{1'000'000'000}});
    const Opened opened = source->open(machine_, {}, {});
    ASSERT_TRUE(std::holds_alternative<Available>(opened));
    EXPECT_EQ(std::get<Available>(opened).what,
              "1.0 GB/s at memory node 0, 1.0 GB/s at memory node 2");
    Readings readings;
    EXPECT_TRUE(source->read(TimePoint(1s), readings));
    ASSERT_EQ(readings.levels.size(), 2U);
    EXPECT_EQ(readings.levels[1].subject.place, memory_node(2));
    EXPECT_EQ(readings.levels[1].by.taken, TimePoint(1s));
}

TEST_F(PeakSources, say_how_to_get_a_peak) {
    EXPECT_THAT(refusal(*make_configured_peak({})), HasSubstr("--dram-peak"));
    EXPECT_EQ(refusal(*make_calibrated_peak(settings())), "not calibrated: penstockctl calibrate");
    EXPECT_THAT(refusal(*make_calibrated_peak({})), HasSubstr("--calibration FILE"));
}

TEST_F(PeakSources, refuse_a_file_that_they_do_not_understand) {
    tree_.write("calibration", "penstock-calibration 1\npeak=0 1 1 1 1\n");
    EXPECT_THAT(refusal(*make_calibrated_peak(settings())),
                testing::AllOf(HasSubstr("date is there 0 times"),
                               HasSubstr("repeat penstockctl calibrate")));
}

TEST_F(PeakSources, refuse_the_calibration_of_another_machine) {
    ASSERT_TRUE(store_calibration(path(), sample()));
    tree_.write("sys/devices/system/cpu/online", "0-3\n");
    EXPECT_THAT(refusal(*make_calibrated_peak(settings())),
                HasSubstr("with 2 processors, and this machine has 4"));
    tree_.write("sys/devices/system/cpu/online", "0-1\n");
    EXPECT_EQ(refusal(*make_calibrated_peak(settings())), "");
    tree_.write("sys/devices/system/cpu/cpu0/cache/index0/level", "3\n");
    tree_.write("sys/devices/system/cpu/cpu0/cache/index0/size", "491520K\n");
    EXPECT_THAT(refusal(*make_calibrated_peak(settings())),
                HasSubstr("a cache of 32 MiB, and this machine's has 480 MiB"));
}

TEST_F(PeakSources, do_not_measure_an_emulators_traffic_by_this_machine) {
    ASSERT_TRUE(store_calibration(path(), sample()));
    EXPECT_THAT(refusal(*make_calibrated_peak(settings()), {.emulated = true}),
                StartsWith("the traffic is an emulator's"));
}

TEST_F(PeakSources, look_at_the_file_again_after_a_minute) {
    ASSERT_TRUE(store_calibration(path(), sample()));
    const auto source = make_calibrated_peak(settings());
    ASSERT_TRUE(std::holds_alternative<Available>(source->open(machine_, {}, {})));
    Readings readings;
    EXPECT_TRUE(source->read(TimePoint(100s), readings));
    EXPECT_TRUE(source->read(TimePoint(159s), readings));
    EXPECT_FALSE(source->read(TimePoint(160s), readings));
    std::filesystem::remove(path());
    EXPECT_THAT(refusal(*source), StartsWith("not calibrated"));
}

}  // namespace
}  // namespace penstock
