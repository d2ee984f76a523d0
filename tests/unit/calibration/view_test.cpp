// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "client/ctl/calibration_view.h"
#include "client/ctl/invocation.h"
#include "tests/unit/calibration/sample.h"

namespace penstock::ctl {
namespace {

using calibration::Calibration;
using calibration::test::sample;
using testing::HasSubstr;
using testing::Not;

TEST(CalibrationView, shows_rates_peak_trial_and_verdict) {
    EXPECT_EQ(
        calibration_text(sample(), "/var/lib/penstock/calibration"),
        "2026-11-28T12:34:56Z, kernel 6.12.0: 128 MiB of memory, a last cache of 32 MiB\n"
        "median of 5 rounds\n"
        "\n"
        "MEMORY  CORES       READ      WRITE       COPY\n"
        "     0      1  14.9 GB/s  13.0 GB/s  12.0 GB/s\n"
        "     0      2  28.1 GB/s  20.0 GB/s  27.0 GB/s\n"
        "peak of memory node 0: 28.1 GB/s, by streaming reads on 2 cores\n"
        "exclusive leases of memory node 0 are refused: cores at once move 2.25 times what one "
        "does (measured 2026-11-28 by streaming copies on 2 cores), and a token would lose 56 % "
        "of that\n"
        "\n"
        "CANARY       ALONE    LOADED   CHANGE           95 % OF IT    AUC\n"
        "pointers  100.0 ns  200.0 ns  +98.0 %  +90.0 % .. +110.0 %  0.970\n"
        "reads       5.0 ns    6.0 ns  +19.0 %    -5.0 % .. +25.0 %  0.800\n"
        "130 probes alone, 120 loaded, 7 discarded; one every 20 ms, of 128 MiB\n"
        "\n"
        "the canary can tell a loaded memory here: the agent will publish its pressure\n"
        "stored in /var/lib/penstock/calibration\n");
}

TEST(CalibrationView, says_why_the_canary_stays_off) {
    Calibration calibration = sample();
    calibration.canary.reset();
    calibration.no_canary_because = "there is one core";
    const std::string text = calibration_text(calibration, "");
    EXPECT_THAT(text,
                HasSubstr("the canary stays off and the pressure unknown: there is one core"));
    EXPECT_THAT(text, HasSubstr("nothing was stored"));
    EXPECT_THAT(text, Not(HasSubstr("CANARY")));
}

TEST(CalibrationView, warns_of_a_machine_that_was_busy) {
    Calibration calibration = sample();
    calibration.others = 0.3;
    EXPECT_THAT(calibration_text(calibration, ""),
                HasSubstr("other programs used 30 % of the processors meanwhile"));
}

TEST(CalibrationView, says_that_exclusive_leases_are_of_use) {
    Calibration calibration = sample();
    calibration.peaks[1] = calibration.peaks[0];
    calibration.peaks[1].cores = 2;
    EXPECT_THAT(calibration_text(calibration, ""),
                HasSubstr("exclusive leases of memory node 0 are granted: cores at once move 1.00 "
                          "times what one does"));
}

TEST(CalibrationView, says_that_nobody_knows_whether_exclusive_leases_are_of_use) {
    Calibration calibration = sample();
    calibration.peaks.resize(1);
    EXPECT_THAT(calibration_text(calibration, ""),
                HasSubstr("exclusive leases of memory node 0 are refused: nobody knows"));
    const nlohmann::json gain = calibration_json(calibration, "")["concurrency_gains"][0];
    EXPECT_TRUE(gain["times"].is_null());
    EXPECT_EQ(gain["exclusive_allowed"], false);
}

TEST(CalibrationView, is_an_object_in_base_units_as_json) {
    const nlohmann::json object = calibration_json(sample(), "/c");
    EXPECT_EQ(object["peaks"][0]["bytes_per_second"], 28'100'000'000U);
    EXPECT_EQ(object["peaks"][0]["by"], "streaming reads");
    EXPECT_EQ(object["rates"].size(), 2U);
    EXPECT_EQ(object["concurrency_gains"][0]["times"], 2.25);
    EXPECT_EQ(object["concurrency_gains"][0]["exclusive_allowed"], false);
    EXPECT_EQ(object["canary"]["pointers"]["auc"], 0.97);
    EXPECT_EQ(object["canary"]["period_ns"], 20'000'000);
    EXPECT_EQ(object["canary_enabled"], true);
    EXPECT_EQ(object["stored_in"], "/c");
}

TEST(CalibrationView, has_null_for_unknown_in_json) {
    Calibration calibration = sample();
    calibration.canary.reset();
    calibration.cache_bytes = 0;
    const nlohmann::json object = calibration_json(calibration, "");
    EXPECT_TRUE(object["canary"].is_null());
    EXPECT_TRUE(object["cache_bytes"].is_null());
    EXPECT_TRUE(object["stored_in"].is_null());
}

Calibrate understood(std::vector<std::string> words) {
    words.insert(words.begin(), "calibrate");
    const auto parsed = parse(std::move(words), "system");
    EXPECT_TRUE(parsed) << parsed.error().sentence;
    return std::get<Calibrate>(std::get<Invocation>(*parsed).verb);
}

TEST(CalibrateVerb, takes_ten_seconds_and_the_agents_file_unless_told_otherwise) {
    EXPECT_EQ(understood({}).length, std::chrono::seconds(10));
    EXPECT_EQ(understood({}).output, "/var/lib/penstock/calibration");
    EXPECT_FALSE(understood({}).json);
    const Calibrate told = understood({"--seconds=30", "--output=/x", "--json"});
    EXPECT_EQ(told.length, std::chrono::seconds(30));
    EXPECT_EQ(told.output, "/x");
    EXPECT_TRUE(told.json);
}

TEST(CalibrateVerb, stores_nothing_in_a_dry_run) {
    EXPECT_EQ(understood({"--dry-run"}).output, "");
    EXPECT_EQ(understood({"--dry-run", "--output=/x"}).output, "");
}

TEST(CalibrateVerb, refuses_lengths_and_files_that_make_no_sense) {
    for (const char* wrong : {"--seconds=1", "--seconds=301", "--seconds=x", "--output="}) {
        EXPECT_FALSE(parse({"calibrate", wrong}, "system")) << wrong;
    }
}

}  // namespace
}  // namespace penstock::ctl
