// SPDX-License-Identifier: Apache-2.0
//
// Command lines of the batching simulator, and what is printed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/batching/batching_words.h"
#include "sim/whole_file.h"
#include "tests/fakes/temporary_tree.h"

namespace penstock::sim {
namespace {

using testing::ElementsAre;

// Nothing where the words make no sense.
std::optional<Batching> understood(std::vector<std::string> words) {
    CLI::App app("test");
    BatchingWords batching;
    batching.add_to(app);
    words.insert(words.begin(), "batching");
    std::ranges::reverse(words);
    try {
        app.parse(std::move(words));
    } catch (const CLI::ParseError&) {
        return std::nullopt;
    }
    Result<Batching> verb = batching.verb();
    return verb ? std::optional(std::move(*verb)) : std::nullopt;
}

TEST(BatchingWords, name_requests_and_a_configuration) {
    const std::optional<Batching> verb = understood({"r.csv", "c.json"});
    ASSERT_TRUE(verb);
    EXPECT_EQ(verb->requests, "r.csv");
    EXPECT_EQ(verb->config, "c.json");
    EXPECT_EQ(verb->task, Batching::Task::run);
    EXPECT_FALSE(verb->arrivals);
    EXPECT_FALSE(understood({"r.csv"}));
}

TEST(BatchingWords, choose_what_is_done) {
    const auto compare = understood({"r", "c", "--compare", "--modes=continuous,static_fifo"});
    ASSERT_TRUE(compare);
    EXPECT_EQ(compare->task, Batching::Task::compare);
    EXPECT_THAT(compare->modes, ElementsAre("continuous", "static_fifo"));
    const auto sweep = understood({"r", "c", "--sweep", "k_bins=1,2", "--json"});
    ASSERT_TRUE(sweep);
    EXPECT_EQ(sweep->task, Batching::Task::sweep);
    EXPECT_EQ(sweep->sweep, "k_bins=1,2");
    EXPECT_TRUE(sweep->json);
    const auto capacity = understood({"r", "c", "--capacity", "--late=2.5"});
    ASSERT_TRUE(capacity);
    EXPECT_EQ(capacity->task, Batching::Task::capacity);
    EXPECT_EQ(capacity->most_late_percent, 2.5);
}

TEST(BatchingWords, change_what_is_simulated) {
    const auto verb = understood({"r",
                                  "c",
                                  "--set=b_max=4",
                                  "--set",
                                  "mode=continuous",
                                  "--arrivals=gamma:5:3",
                                  "--seed=9",
                                  "--scale-at=0:0.5,2.5:1",
                                  "--calibration=g.csv"});
    ASSERT_TRUE(verb);
    EXPECT_THAT(verb->changes, ElementsAre("b_max=4", "mode=continuous"));
    EXPECT_EQ(verb->arrivals->variation, 3);
    EXPECT_EQ(verb->seed, 9U);
    EXPECT_EQ(verb->calibration, "g.csv");
    ASSERT_EQ(verb->scales.size(), 2U);
    EXPECT_EQ(verb->scales[0].scale.millionths(), 500'000U);
    EXPECT_EQ(verb->scales[1].at_ns, 2'500'000'000);
}

TEST(BatchingWords, say_what_is_drawn) {
    const auto once = understood({"r", "c", "--chrome-trace=t.json", "--gnuplot", "plots"});
    ASSERT_TRUE(once);
    EXPECT_EQ(once->chrome_trace, "t.json");
    EXPECT_EQ(once->gnuplot, "plots");
    const auto curve = understood({"r", "c", "--compare", "--rates=0.5,1,2", "--gnuplot=plots"});
    ASSERT_TRUE(curve);
    EXPECT_THAT(curve->rates, ElementsAre(0.5, 1, 2));
    EXPECT_EQ(curve->task, Batching::Task::compare);
}

TEST(BatchingWords, make_no_sense_together) {
    EXPECT_FALSE(understood({"r", "c", "--compare", "--chrome-trace=t"}));
    EXPECT_FALSE(understood({"r", "c", "--rates=1,2", "--chrome-trace=t"}));
    EXPECT_FALSE(understood({"r", "c", "--capacity", "--rates=1,2"}));
    EXPECT_FALSE(understood({"r", "c", "--capacity", "--gnuplot=p"}));
    EXPECT_FALSE(understood({"r", "c", "--rates=fast"}));
    std::string rates = "--rates=1";
    for (int number = 0; number < 1000; ++number) {
        rates += ",1";
    }
    EXPECT_FALSE(understood({"r", "c", rates}));
    EXPECT_FALSE(understood({"r", "c", "--compare", "--capacity"}));
    EXPECT_FALSE(understood({"r", "c", "--compare", "--sweep=b=1"}));
    EXPECT_FALSE(understood({"r", "c", "--compare", "--out-requests=f"}));
    EXPECT_FALSE(understood({"r", "c", "--modes=continuous"}));
    EXPECT_FALSE(understood({"r", "c", "--late=5"}));
    EXPECT_FALSE(understood({"r", "c", "--capacity", "--late=101"}));
    EXPECT_FALSE(understood({"r", "c", "--capacity", "--late=nan"}));
    EXPECT_FALSE(understood({"r", "c", "--seed=5"}));
    EXPECT_FALSE(understood({"r", "c", "--arrivals=sometimes"}));
    for (const char* course :
         {"1", "1:2", "-1:0.5", "nan:1", "1:nan", "2:1,2:0.5", "1:1,", "x:y"}) {
        EXPECT_FALSE(understood({"r", "c", std::string("--scale-at=") + course})) << course;
    }
}

}  // namespace
}  // namespace penstock::sim
