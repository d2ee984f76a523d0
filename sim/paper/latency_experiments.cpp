// SPDX-License-Identifier: Apache-2.0
//
// Fig. 11 a and b: how long a preemption takes, from the order until nothing of the preempted one
// runs, by what it takes away and by the length of kernels.

#include <array>

#include "sim/paper/bounds.h"
#include "sim/paper/experiment.h"

namespace penstock::sim {
namespace {

constexpr Delays delays{};
constexpr double save_us = 100;
constexpr std::array kernels_us{100, 500, 1000, 2000};

struct Level {
    const char* name;
    const char* scenario;
    const char* paper;  // For kernels of 0.5 ms.
    Measure (*measure)(const Level& level, int kernel_us);
    Band (*band)(double kernel_us);
    const char* note;
};

Band held(double kernel_us) {
    const Band allowed{.least = bounds::yield_of_8_least * kernel_us,
                       .most = bounds::yield_of_8_most * kernel_us};
    return narrowed(yield_by_holding_launches({.kernel_us = kernel_us}, delays), allowed);
}

Band deactivated(double kernel_us) {
    return narrowed(yield_by_deactivating(kernel_us, delays),
                    at_most((bounds::yield_of_1 * kernel_us) + delays.order_us));
}

Band saved(double /*kernel_us*/) {
    return yield_by_saving(save_us, delays);
}

// Of kernels held back: what the foreground waits for. Those that the background launches before it
// is told to stop run after the foreground's, and are no part of that.
Measure wait_of(const Level& level, int kernel_us) {
    constexpr double us_per_ms = 1000;
    constexpr double own_us = 50;
    const Measure latency = metric_of({.scenario = level.scenario, .policy = "quick"},
                                      "foreground-" + std::to_string(kernel_us),
                                      "p99_ms");
    return moved(scaled(latency, us_per_ms), -own_us);
}

// From the order until nothing of the background runs.
Measure yield_of(const Level& level, int kernel_us) {
    return metric_of({.scenario = level.scenario, .policy = "quick"},
                     "background-" + std::to_string(kernel_us),
                     "yield_p99_us");
}

constexpr std::array levels{
    Level{.name = "launch-limit",
          .scenario = "p3_yield",
          .paper = "about 8 T",
          .measure = &wait_of,
          .band = &held,
          .note = ""},
    Level{.name = "deactivate",
          .scenario = "p4_yield_deactivate",
          .paper = "about 1 T",
          .measure = &yield_of,
          .band = &deactivated,
          .note = ""},
    Level{.name = "save",
          .scenario = "p4_yield_save",
          .paper = "32 us",
          .measure = &yield_of,
          .band = &saved,
          .note = "the paper's is a GV100's context switch; 100 us are assumed here, and a GPU of "
                  "AMD may take milliseconds"},
};

}  // namespace

Experiments latency_experiments() {
    Experiments rows;
    for (const Level& level : levels) {
        for (const int kernel_us : kernels_us) {
            rows.push_back(
                {.id = std::string("fig11.") + level.name + "." + std::to_string(kernel_us) + "us",
                 .figure = "Fig. 11 a, b",
                 .subject = "P99 of a preemption, us",
                 .paper = level.paper,
                 .band = level.band(kernel_us),
                 .measure = level.measure(level, kernel_us),
                 .decimals = 1,
                 .note = kernel_us == kernels_us.front() ? level.note : ""});
        }
    }
    rows.push_back({.id = "fig11.launch-limit.slope",
                    .figure = "Fig. 11 b",
                    .subject = "P99 at 2 ms beside that at 0.1 ms",
                    .paper = "linear",
                    .band = within(double{kernels_us.back()} / kernels_us.front(), 1),
                    .measure = ratio(wait_of(levels[0], kernels_us.back()),
                                     wait_of(levels[0], kernels_us.front())),
                    .decimals = 2});
    std::vector<Measure> saves;
    saves.reserve(kernels_us.size());
    for (const int kernel_us : kernels_us) {
        saves.push_back(yield_of(levels[2], kernel_us));
    }
    rows.push_back({.id = "fig11.save.spread",
                    .figure = "Fig. 11 b",
                    .subject = "spread of P99 over kernels' lengths",
                    .paper = "constant",
                    .band = {.least = 0, .most = bounds::yield_spread},
                    .measure = spread(saves)});
    return rows;
}

}  // namespace penstock::sim
