// SPDX-License-Identifier: Apache-2.0
//
// Fig. 9, top: a foreground that comes every 50 ms beside a background that never stops.

#include "sim/paper/bounds.h"
#include "sim/paper/experiment.h"

namespace penstock::sim {
namespace {

constexpr Delays delays{};
constexpr double kernel_us = 50;
constexpr double kernels = 200;
constexpr double save_us = 30;
constexpr Visits visits{.work_us = kernels * kernel_us, .period_us = 50'000};
constexpr LaunchControl eight{.threshold = 8, .batch = 4, .kernel_us = kernel_us};
constexpr LaunchControl sixteen{.threshold = 16, .batch = 8, .kernel_us = kernel_us};

// Until the foreground counts as gone: the settle time, and at most two looks at its queue.
constexpr double lost_us = 100 + (2 * 1000);

// A ring's places; the background keeps it full.
constexpr double ring = 1024;

Experiment slowdown(const char* id, const std::string& scenario, const char* paper, Band band) {
    return {.id = id,
            .figure = "Fig. 9 top",
            .subject = "foreground P99, x alone",
            .paper = paper,
            .band = band,
            .measure =
                metric_of({.scenario = scenario, .policy = "quick"}, "foreground", "slowdown_p99")};
}

Experiment unordered(const char* id, const std::string& policy, Band band, const char* note) {
    return {.id = id,
            .figure = "Fig. 9 top",
            .subject = "foreground P99 natively, x alone",
            .paper = "1.60-2.19",
            .band = band,
            .measure = metric_of(
                {.scenario = "p1_priority", .policy = policy}, "foreground", "slowdown_p99"),
            .note = note};
}

Experiment background(const char* id, const std::string& scenario, double least) {
    return {.id = id,
            .figure = "Fig. 9 top",
            .subject = "background throughput, x alone",
            .paper = "-",
            .band = narrowed(share_beside(visits, lost_us), at_least(least)),
            .measure = metric_of(
                {.scenario = scenario, .policy = "quick"}, "background", "throughput_relative")};
}

Band slowed(Band yield, double most) {
    return narrowed(slowdown_by_yielding(yield, visits, delays), at_most(most));
}

}  // namespace

Experiments priority_experiments() {
    const Band by_8 = slowed(yield_by_holding_launches(eight, delays), bounds::slowdown_of_8);
    const Band by_16 = slowed(yield_by_holding_launches(sixteen, delays), bounds::slowdown_of_16);
    const Band by_1 = slowed(yield_by_deactivating(kernel_us, delays), bounds::slowdown_taken_away);
    const Band by_0 = slowed(yield_by_saving(save_us, delays), bounds::slowdown_taken_away);
    return {
        slowdown("fig9.priority.h8", "p1_priority", "1.07-1.30", by_8),
        slowdown("fig9.priority.h16", "p2_priority_launch-limit", "1.07-1.30", by_16),
        slowdown("fig9.priority.deactivate", "p2_priority_deactivate", "1.02-1.05", by_1),
        slowdown("fig9.priority.save", "p2_priority_save", "1.02-1.05", by_0),
        background("fig9.priority.background", "p1_priority", bounds::background_beside_held),
        background("fig9.priority.background_save",
                   "p2_priority_save",
                   bounds::background_beside_taken_away),
        unordered("fig9.priority.native",
                  "native",
                  slowdown_first_come(ring, kernels, visits),
                  "native slowdown is what is in flight: here a full ring of 1024"),
        unordered("fig9.priority.unordered",
                  "observe-only",
                  within(slowdown_by_bounds(eight.threshold, eight.threshold), 0.05),
                  "8 kernels in flight of each, and nobody is ordered: half of the device"),
    };
}

}  // namespace penstock::sim
