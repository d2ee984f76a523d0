// SPDX-License-Identifier: Apache-2.0

#include "sim/gnuplot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/sim/stage.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

Comparison short_run() {
    Scenario scenario = shipped("p1_priority");
    scenario.duration = 1s;
    scenario.warm_up = 100ms;
    scenario.jobs[0].name = "fore'; system \"ls\" #";
    return *compare(scenario, {"native", "quick"});
}

TEST(Gnuplot, has_a_rising_curve_for_each_policy_and_job) {
    std::istringstream lines(plots_of(short_run()).latency);
    std::size_t blocks = 0;
    double least = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('#')) {
            ++blocks;
            least = 0;
        } else if (!line.empty()) {
            const double latency = std::stod(line);
            EXPECT_GE(latency, least);
            least = latency;
        }
    }
    EXPECT_EQ(blocks, 4U);
}

TEST(Gnuplot, has_a_row_of_shares_for_each_policy) {
    const std::string shares = plots_of(short_run()).shares;
    EXPECT_EQ(std::ranges::count(shares, '\n'), 3);
    EXPECT_THAT(shares, HasSubstr("\n\"quick\" 0.2"));
}

TEST(Gnuplot, takes_no_name_for_a_command) {
    const Plots plots = plots_of(short_run());
    for (const std::string& text : {plots.latency, plots.shares, plots.script}) {
        EXPECT_THAT(text, HasSubstr("fore__ system _ls_ _"));
        EXPECT_THAT(text, Not(HasSubstr("system \"")));
    }
}

TEST(Gnuplot, tells_which_folder_can_not_be_made) {
    EXPECT_THAT(write_plots({}, "/proc/nowhere").error().message(), HasSubstr("/proc/nowhere"));
}

}  // namespace
}  // namespace penstock::sim
