// SPDX-License-Identifier: Apache-2.0

#include "sim/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/metrics.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

Scenario two_jobs() {
    Scenario scenario{.duration = 200ms, .warm_up = 20ms};
    scenario.devices.push_back({.name = "gpu"});
    for (const char* name : {"near", "far"}) {
        JobModel job{.name = name, .kernels = 10};
        job.arrives_with = scenario.jobs.size();
        job.priority = static_cast<std::int32_t>(scenario.jobs.size());
        scenario.jobs.push_back(job);
    }
    return scenario;
}

TEST(Report, tells_the_same_numbers_in_every_form) {
    const Comparison comparison = *compare(two_jobs(), {"native", "fixed-priority"});
    const auto json = nlohmann::json::parse(json_text(comparison));
    EXPECT_TRUE(json["simulated"]);
    ASSERT_EQ(json["runs"].size(), 2U);
    const JobView view{.job = comparison.runs[1].jobs[0],
                       .alone = comparison.alone[0],
                       .window = comparison.window};
    const auto& told = json["runs"][1]["jobs"][0];
    for (const JobMetric& metric : job_metrics()) {
        EXPECT_EQ(told[std::string(metric.key)].get<double>(), metric.of(view)) << metric.key;
    }
    EXPECT_THAT(csv_text(comparison), HasSubstr("\nfixed-priority,near,"));
    EXPECT_THAT(tables(comparison), HasSubstr("Simulated, not measured"));
    EXPECT_THAT(side_by_side(comparison), HasSubstr("native"));
}

TEST(Report, knows_no_policy_of_another_name) {
    const auto comparison = compare(two_jobs(), {"lottery"});
    ASSERT_FALSE(comparison);
    EXPECT_THAT(comparison.error().message(), HasSubstr("there is no policy \"lottery\""));
}

TEST(Report, has_a_job_alone_beside_it) {
    const Comparison comparison = *compare(two_jobs(), {"native"});
    const JobView view{.job = comparison.runs[0].jobs[0],
                       .alone = comparison.alone[0],
                       .window = comparison.window};
    EXPECT_NEAR(value_of("slowdown_mean", view), 2, 0.05) << "they share the device";
}

}  // namespace
}  // namespace penstock::sim
