// SPDX-License-Identifier: Apache-2.0
//
// Fig. 13: production works for 80 ms and pauses for 20, and another job takes what it leaves.

#include <array>

#include "sim/paper/bounds.h"
#include "sim/paper/experiment.h"

namespace penstock::sim {
namespace {

constexpr Delays delays{};
constexpr Pauses pauses{.work_us = 80'000, .pause_us = 20'000};
constexpr Pauses never{.work_us = 100'000, .pause_us = 0};

// Until a pause is taken for one: the settle time, and at most two looks at production's queue.
constexpr double lost_us = 200 + (2 * 1000);

constexpr const char* production_subject = "production throughput, x alone";
constexpr const char* other_subject = "opportunistic share";

Measure production_of(const std::string& scenario) {
    return metric_of(
        {.scenario = scenario, .policy = "quick"}, "production", "throughput_relative");
}

Measure other_of(const std::string& scenario) {
    return metric_of({.scenario = scenario, .policy = "quick"}, "opportunistic", "device_share");
}

void add_pair(Experiments& rows, const std::string& level, Band wait, const char* paper) {
    const std::string scenario = "p10_harvest_" + level;
    rows.push_back(
        {.id = "fig13." + level + ".production",
         .figure = "Fig. 13",
         .subject = production_subject,
         .paper = paper,
         .band = narrowed(production_beside_harvest(pauses, wait), at_least(bounds::production)),
         .measure = production_of(scenario)});
    rows.push_back(
        {.id = "fig13." + level + ".opportunistic",
         .figure = "Fig. 13",
         .subject = other_subject,
         .paper = "0.20",
         .band = narrowed(harvested(pauses, wait, lost_us), at_least(bounds::opportunistic)),
         .measure = other_of(scenario)});
}

void add_limits(Experiments& rows) {
    const Band eight_long = wait_for_held_launches({.kernel_us = 500}, delays);
    rows.push_back(
        {.id = "fig13.launch-limit-500us.production",
         .figure = "Fig. 13",
         .subject = production_subject,
         .paper = "0.959",
         .band = production_beside_harvest(pauses, eight_long),
         .measure = production_of("p10_harvest_launch-limit_500us"),
         .note = "an MI50 with held launches: eight kernels of 0.5 ms before each step"});
    const Band eight_short = wait_for_held_launches({}, delays);
    rows.push_back({.id = "fig13.full.opportunistic",
                    .figure = "Fig. 13",
                    .subject = other_subject,
                    .paper = "0.20",
                    .band = narrowed(harvested(never, eight_short, 0), at_most(0.01)),
                    .measure = other_of("p10_harvest_full"),
                    .note = "0.99 and 0.20 together need production to leave a fifth of the "
                            "device: of one that never pauses there is nothing to harvest"});
}

}  // namespace

Experiments harvest_experiments() {
    Experiments rows;
    add_pair(rows, "launch-limit", wait_for_held_launches({}, delays), "0.996 (MI50)");
    add_pair(rows, "deactivate", wait_for_a_kernel(500, delays), "0.99");
    add_limits(rows);
    return rows;
}

}  // namespace penstock::sim
