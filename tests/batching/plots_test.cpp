// SPDX-License-Identifier: Apache-2.0
//
// Runs as curves: blocks, rows and a script that draws them.

#include <gmock/gmock.h>

#include <sstream>

#include "sim/batching/batching_plots.h"
#include "tests/batching/stage.h"

namespace penstock::sim {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<NamedFigures> some_runs(std::vector<Variant> variants,
                                    const std::vector<double>& rates) {
    Dice dice(4);
    const BatchingInputs inputs = inputs_of(some_trace(dice), R"({"mode": "static_fifo"})");
    Result<std::vector<NamedFigures>> runs =
        run_variants(inputs, at_rates(std::move(variants), rates), {.wants_curves = true});
    EXPECT_TRUE(runs) << runs.error().message();
    return std::move(*runs);
}

std::size_t blocks_of(const std::string& text) {
    std::size_t blocks = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        blocks += line.starts_with('#') ? 1U : 0U;
    }
    return blocks;
}

TEST(BatchingPlots, have_a_rising_curve_for_each_run) {
    const BatchingPlots plots = batching_plots(some_runs(*variants_to_sweep("b_fixed=1,4,8"), {}));
    EXPECT_EQ(blocks_of(plots.latency), 3U);
    std::istringstream lines(plots.latency);
    double latency = 0;
    double share = 0;
    std::pair<double, double> last;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream point(line);
        if (line.starts_with('#')) {
            last = {};
        } else if (point >> latency >> share) {
            EXPECT_GE(latency, last.first);
            EXPECT_GT(share, last.second);
            last = {latency, share};
        } else {
            EXPECT_TRUE(last.second == 0 || last.second == 1) << "ends with all requests";
        }
    }
    EXPECT_EQ(last.second, 1);
}

TEST(BatchingPlots, have_a_curve_of_throughput_for_each_series) {
    const std::vector<NamedFigures> runs =
        some_runs(variants_to_compare({"continuous"}), {0.5, 4, 1});
    EXPECT_EQ(runs.size(), 12U);
    EXPECT_EQ(runs[1].name, "static_fifo B=8 x4");
    const BatchingPlots plots = batching_plots(runs);
    EXPECT_EQ(blocks_of(plots.throughput), 4U);
    EXPECT_EQ(std::ranges::count(plots.runs, '\n'), 13);
    EXPECT_THAT(plots.script, HasSubstr("index 3 using 1:4 with linespoints title 'continuous'"));
    EXPECT_THAT(plots.script, HasSubstr("set output 'runs.'.form"));
    std::istringstream lines(plots.throughput);
    double last = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line.starts_with('#')) {
            last = 0;
            continue;
        }
        EXPECT_GE(std::stod(line), last) << "by ascending throughput";
        last = std::stod(line);
    }
}

TEST(BatchingPlots, of_one_run_draw_its_latency_only) {
    const BatchingPlots plots = batching_plots(some_runs({{.name = "one", .series = "one"}}, {}));
    EXPECT_THAT(plots.script, HasSubstr("set output 'latency.'.form"));
    EXPECT_THAT(plots.script, Not(HasSubstr("throughput")));
}

TEST(BatchingPlots, take_no_name_for_a_command) {
    std::vector<NamedFigures> runs = some_runs({{.name = "a", .series = "a"}}, {1, 2});
    runs[0].name = runs[0].series = "a'; system \"ls\" #";
    const BatchingPlots plots = batching_plots(runs);
    for (const std::string& text : {plots.latency, plots.throughput, plots.runs, plots.script}) {
        EXPECT_THAT(text, HasSubstr("a__ system _ls_ _"));
        EXPECT_THAT(text, Not(HasSubstr("system \"ls")));
    }
}

TEST(BatchingPlots, tell_which_folder_can_not_be_made) {
    EXPECT_THAT(write_plots({}, "/proc/nowhere").error().message(), HasSubstr("/proc/nowhere"));
}

}  // namespace
}  // namespace penstock::sim
