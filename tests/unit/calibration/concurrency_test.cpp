// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/concurrency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/leases/token.h"
#include "tests/unit/calibration/sample.h"

namespace penstock::calibration {
namespace {

using test::sample;
using testing::HasSubstr;

PeakRow row(std::uint32_t node, std::uint32_t cores, std::uint64_t rate) {
    return {.node = node, .cores = cores, .read = {rate}, .write = {rate}, .copy = {rate}};
}

Calibration measured(std::vector<PeakRow> rows) {
    Calibration calibration = sample();
    calibration.peaks = std::move(rows);
    return calibration;
}

std::string why_none(const Calibration& calibration) {
    const auto gain = concurrency_gain(calibration, 0);
    EXPECT_FALSE(gain);
    return gain ? "" : gain.error();
}

TEST(ConcurrencyGain, is_of_the_kind_that_would_lose_most) {
    const auto gain = concurrency_gain(sample(), 0);
    ASSERT_TRUE(gain);
    EXPECT_DOUBLE_EQ(gain->times, 27.0 / 12);
    EXPECT_EQ(gain->kind, StreamKind::copy);
    EXPECT_EQ(gain->cores, 2U);
}

TEST(ConcurrencyGain, is_of_the_number_of_cores_that_would_lose_most) {
    const auto gain =
        concurrency_gain(measured({row(0, 1, 100), row(0, 2, 190), row(0, 4, 140)}), 0);
    ASSERT_TRUE(gain);
    EXPECT_DOUBLE_EQ(gain->times, 1.9);
    EXPECT_EQ(gain->cores, 2U);
}

TEST(ConcurrencyGain, is_each_node_s_own) {
    const Calibration both =
        measured({row(0, 1, 100), row(0, 2, 190), row(1, 1, 200), row(1, 2, 210)});
    EXPECT_FALSE(token_allowed(gain_sample(both, 0)));
    EXPECT_TRUE(token_allowed(gain_sample(both, 1)));
    EXPECT_THAT(std::string(gain_sample(both, 2).source.text()),
                HasSubstr("did not measure memory node 2"));
}

TEST(ConcurrencyGain, takes_one_core_and_several) {
    EXPECT_THAT(why_none(measured({row(0, 1, 100)})), HasSubstr("with one core and with several"));
    EXPECT_THAT(why_none(measured({row(0, 2, 100)})), HasSubstr("with one core and with several"));
    EXPECT_THAT(why_none(measured({row(0, 1, 100), row(1, 2, 190)})), HasSubstr("memory node 0"));
    EXPECT_THAT(why_none(measured({})), HasSubstr("memory node 0"));
}

TEST(ConcurrencyGain, goes_by_the_slowest_measurement_of_one_core) {
    const auto gain =
        concurrency_gain(measured({row(0, 1, 180), row(0, 1, 100), row(0, 2, 190)}), 0);
    EXPECT_DOUBLE_EQ(gain->times, 1.9);
}

TEST(ConcurrencyGain, is_unknown_where_it_can_not_be) {
    EXPECT_THAT(why_none(measured({row(0, 1, 1'000'000'000'000'000), row(0, 2, 1)})),
                HasSubstr("which can not be: repeat penstockctl calibrate"));
    EXPECT_THAT(why_none(measured({row(0, 1, 0), row(0, 2, 100)})), HasSubstr("with several"));
    EXPECT_EQ(why_none(measured({row(0, 1, 100), row(0, 2, 9)})),
              "calibration has 2 cores move 0.090 times what one does, which can not be: repeat "
              "penstockctl calibrate");
    EXPECT_TRUE(concurrency_gain(measured({row(0, 1, 100), row(0, 2, 10)}), 0));
}

TEST(ConcurrencyGain, of_a_busy_machine_can_refuse_a_token_and_not_grant_one) {
    Calibration busy = measured({row(0, 1, 100), row(0, 2, 119)});
    busy.others = 0.1;
    EXPECT_TRUE(token_allowed(gain_sample(busy, 0)));
    busy.others = 0.3;
    EXPECT_EQ(why_none(busy),
              "other programs used 30 % of the processors during calibration, which were not there "
              "for several cores at once: repeat penstockctl calibrate on an idle machine");
    EXPECT_FALSE(token_allowed(gain_sample(busy, 0)));
    busy.peaks[1] = row(0, 2, 120);
    EXPECT_DOUBLE_EQ(*gain_sample(busy, 0).value, 1.2);
}

TEST(ConcurrencyGain, says_when_and_how_it_was_measured) {
    const Sample<double> gain = gain_sample(sample(), 0);
    EXPECT_EQ(gain.source.text(), "measured 2026-11-28 by streaming copies on 2 cores");
    EXPECT_EQ(gain.confidence, Confidence::derived);
}

}  // namespace
}  // namespace penstock::calibration
