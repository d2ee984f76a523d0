// SPDX-License-Identifier: Apache-2.0
//
// Fig. 11 c: what it costs to have no more than H kernels in flight.

#include <algorithm>
#include <array>

#include "sim/paper/bounds.h"
#include "sim/paper/experiment.h"

namespace penstock::sim {
namespace {

// As fits the paper's plot.
constexpr Delays delays{.wake_us = 12};

struct Length {
    const char* name;
    double kernel_us;
    std::array<const char*, 3> paper;  // For the thresholds below; read from the plot.
};

constexpr std::array told{1, 2, 4};
constexpr std::array all{1, 2, 4, 6, 8, 10};
constexpr std::array lengths{
    Length{.name = "10us", .kernel_us = 10, .paper = {"> 0.40", "0.19", "0.07"}},
    Length{.name = "100us", .kernel_us = 100, .paper = {"0.13", "0.02", "< 0.01"}},
    Length{.name = "1ms", .kernel_us = 1000, .paper = {"0.04", "about 0", "about 0"}},
};

Measure overhead(const Length& length, int threshold) {
    return overhead_of(
        {.scenario = std::string("p5_threshold_") + length.name, .policy = "observe-only"},
        "h" + std::to_string(threshold));
}

void add_overheads(Experiments& rows, const Length& length) {
    for (std::size_t place = 0; place < told.size(); ++place) {
        const double threshold = told.at(place);
        const double expected = launch_overhead({.threshold = threshold,
                                                 .batch = std::max(1.0, threshold / 2),
                                                 .kernel_us = length.kernel_us},
                                                delays);
        rows.push_back(
            {.id = std::string("fig11c.") + length.name + ".h" + std::to_string(told.at(place)),
             .figure = "Fig. 11 c",
             .subject = "launching's overhead",
             .paper = length.paper.at(place),
             .band = within(expected, bounds::threshold_overhead / 2),
             .measure = overhead(length, told.at(place)),
             .decimals = 4});
    }
}

void add_least(Experiments& rows, const Length& length) {
    std::vector<std::pair<double, Measure>> overheads;
    for (const int threshold : all) {
        overheads.emplace_back(threshold, overhead(length, threshold));
    }
    rows.push_back({.id = std::string("fig11c.") + length.name + ".least",
                    .figure = "Fig. 11 c",
                    .subject = "least threshold with less than 0.01",
                    .paper = "-",
                    .band = within(least_threshold(length.kernel_us, delays), 0),
                    .measure = first_below(overheads, bounds::threshold_overhead),
                    .decimals = 0});
}

}  // namespace

Experiments threshold_experiments() {
    Experiments rows;
    for (const Length& length : lengths) {
        add_overheads(rows, length);
        add_least(rows, length);
    }
    rows.front().note =
        "a wake-up always takes 12 us here, the paper's sometimes longer: hence its tails";
    return rows;
}

}  // namespace penstock::sim
