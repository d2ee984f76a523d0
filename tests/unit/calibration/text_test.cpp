// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/probes/calibration/calibration_text.h"
#include "tests/unit/calibration/sample.h"

namespace penstock::calibration {
namespace {

using test::sample;
using testing::HasSubstr;

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
}

std::string complaint(const std::string& text) {
    const Result<Calibration> found = parse_calibration(text);
    EXPECT_FALSE(found);
    return found ? "" : found.error().message();
}

TEST(CalibrationText, is_read_as_it_was_written) {
    EXPECT_EQ(parse_calibration(text_of(sample())), sample());
}

TEST(CalibrationText, is_read_as_it_was_written_without_a_trial) {
    Calibration calibration = sample();
    calibration.canary.reset();
    calibration.no_canary_because = "there is one core";
    EXPECT_EQ(parse_calibration(text_of(calibration)), calibration);
}

TEST(CalibrationText, keeps_every_digit) {
    Calibration calibration = sample();
    calibration.canary->chase.alone_ns = 100.1 / 3;
    EXPECT_EQ(parse_calibration(text_of(calibration)), calibration);
}

TEST(CalibrationText, of_another_version_is_refused) {
    EXPECT_THAT(complaint(replaced(text_of(sample()), "calibration 1", "calibration 2")),
                HasSubstr("it begins with \"penstock-calibration 2\""));
    EXPECT_THAT(complaint(""), HasSubstr("it begins with \"\""));
}

TEST(CalibrationText, must_have_every_key_once) {
    const std::string text = text_of(sample());
    EXPECT_THAT(complaint(replaced(text, "kernel=6.12.0\n", "")),
                HasSubstr("kernel is there 0 times"));
    EXPECT_THAT(complaint(text + "kernel=6.12.0\n"), HasSubstr("kernel is there 2 times"));
    EXPECT_THAT(complaint(replaced(text, "canary_read=", "canary_other=")),
                HasSubstr("canary_read is there 0 times"));
}

TEST(CalibrationText, must_have_no_other_keys) {
    EXPECT_THAT(complaint(text_of(sample()) + "colour=blue\n"),
                HasSubstr("nobody knows its key \"colour\""));
    EXPECT_THAT(complaint(text_of(sample()) + "\n"), HasSubstr("is not key=value"));
}

TEST(CalibrationText, must_not_have_a_trial_and_a_reason_for_none) {
    EXPECT_THAT(complaint(text_of(sample()) + "canary_because=none\n"),
                HasSubstr("nobody knows its key \"canary_"));
}

TEST(CalibrationText, must_have_numbers_that_a_machine_can_have) {
    const std::string text = text_of(sample());
    const std::string_view peak = "peak=0 1 14900000000 13000000000 12000000000";
    for (const std::string_view wrong : {"peak=0 1 14900000000 13000000000",
                                         "peak=0 0 14900000000 13000000000 12000000000",
                                         "peak=0 1 0 13000000000 12000000000",
                                         "peak=0 1 -1 13000000000 12000000000",
                                         "peak=0 1 1e9 13000000000 12000000000",
                                         "peak=9999 1 14900000000 13000000000 12000000000",
                                         "peak=0 1 14900000000 13000000000 12000000000 ",
                                         "peak=0 1 14900000000  13000000000 12000000000",
                                         "peak=0 1 14900000000 13000000000 99999999999999999999"}) {
        EXPECT_THAT(complaint(replaced(text, peak, wrong)), HasSubstr("peak is")) << wrong;
    }
}

TEST(CalibrationText, must_have_figures_that_are_finite) {
    const std::string text = text_of(sample());
    const std::string_view chase = "canary_chase=100 200 0.98 0.9 1.1 0.97";
    for (const std::string_view wrong : {"canary_chase=nan 200 0.98 0.9 1.1 0.97",
                                         "canary_chase=100 inf 0.98 0.9 1.1 0.97",
                                         "canary_chase=100 200 0.98 0.9 1.1 1.01",
                                         "canary_chase=100 200 -1.1 0.9 1.1 0.97",
                                         "canary_chase=100 -200 0.98 0.9 1.1 0.97",
                                         "canary_chase=100 200 1e99 0.9 1.1 0.97",
                                         "canary_chase="}) {
        EXPECT_THAT(complaint(replaced(text, chase, wrong)), HasSubstr("canary_chase is")) << wrong;
    }
}

TEST(CalibrationText, can_not_enable_the_canary_against_its_own_figures) {
    Calibration calibration = sample();
    calibration.canary->chase.auc = 0.5;
    const std::string text = replaced(text_of(calibration), "enabled=no", "enabled=yes");
    EXPECT_THAT(complaint(text), HasSubstr("canary_enabled is \"yes\""));
    EXPECT_THAT(complaint(replaced(text_of(sample()), "enabled=yes", "enabled=no")),
                HasSubstr("canary_enabled is \"no\""));
}

TEST(CalibrationText, must_be_printable) {
    EXPECT_THAT(complaint(replaced(text_of(sample()), "6.12.0", "6.\x1b[2J")),
                HasSubstr("kernel is empty, too long, or can not be printed"));
    EXPECT_THAT(complaint(replaced(text_of(sample()), "6.12.0", "")), HasSubstr("kernel is empty"));
    EXPECT_THAT(complaint(replaced(text_of(sample()), "6.12.0", std::string(301, '6'))),
                HasSubstr("kernel is empty, too long"));
}

TEST(CalibrationText, has_at_least_one_peak_and_at_most_512) {
    Calibration calibration = sample();
    calibration.peaks.clear();
    EXPECT_THAT(complaint(text_of(calibration)), HasSubstr("it has 0 peaks"));
    calibration.peaks.assign(512, sample().peaks.front());
    EXPECT_TRUE(parse_calibration(text_of(calibration)));
    calibration.peaks.push_back(sample().peaks.front());
    EXPECT_THAT(complaint(text_of(calibration)), HasSubstr("it has 513 peaks"));
}

TEST(CalibrationText, has_at_most_64_kib) {
    EXPECT_THAT(complaint(std::string(longest_text + 1, 'x')), HasSubstr("more than 65536 bytes"));
}

TEST(Peak, is_the_best_of_all_kinds_and_core_counts) {
    const auto peak = best_peak(sample(), 0);
    ASSERT_TRUE(peak);
    EXPECT_EQ(peak->rate.value, 28'100'000'000U);
    EXPECT_EQ(peak->kind, StreamKind::read);
    EXPECT_EQ(peak->cores, 2U);
    EXPECT_FALSE(best_peak(sample(), 1));
}

}  // namespace
}  // namespace penstock::calibration
