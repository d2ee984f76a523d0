// SPDX-License-Identifier: Apache-2.0
//
// Fig. 9, bottom: 75:25, whatever the lengths of kernels are; and the other shares of the design:
// by weight, in equal turns, and by aging.

#include <array>

#include "sim/paper/bounds.h"
#include "sim/paper/experiment.h"

namespace penstock::sim {
namespace {

constexpr double save_us = 30;
constexpr double quantum_us = 2000;
constexpr std::array<double, 2> partition{75, 25};
constexpr std::array<double, 3> weights{1, 2, 3};
constexpr Aging aging{.aging_us = 100'000, .distance = 3, .quantum_us = 5000};
constexpr double us_per_ms = 1000;

void add_partition(Experiments& rows, const std::string& pair) {
    const Play play{.scenario = "p6_partition_" + pair, .policy = "partition"};
    rows.push_back(
        {.id = "fig9.partition." + pair,
         .figure = "Fig. 9 bottom",
         .subject = "part of who has 75 of 100",
         .paper = "0.75 +-0.05",
         .band = within(share_of_weight(partition[0], partition), bounds::partition_error),
         .measure = part_of(play, "foreground"),
         .decimals = 4});
    rows.push_back({.id = "fig9.partition." + pair + ".overhead",
                    .figure = "Fig. 9 bottom",
                    .subject = "device time lost to turns",
                    .paper = "0.015 mean",
                    .band = at_most(std::min(turn_overhead(save_us, save_us, quantum_us),
                                             bounds::partition_overhead)),
                    .measure = device_overhead(play),
                    .decimals = 4});
}

void add_fair(Experiments& rows, const std::string& job, double weight) {
    const double share = share_of_weight(weight, weights);
    rows.push_back({.id = "p7.fair." + job,
                    .figure = "-",
                    .subject = "part by weight, of 1:2:3",
                    .paper = "-",
                    .band = within(share, bounds::fair_error * share),
                    .measure = part_of({.scenario = "p7_fair", .policy = "partition"}, job),
                    .decimals = 4});
}

void add_aging(Experiments& rows) {
    const Play play{.scenario = "p8_aging", .policy = "aging"};
    rows.push_back({.id = "p8.aging.share",
                    .figure = "-",
                    .subject = "share of the low priority",
                    .paper = "-",
                    .band = within(share_by_aging(aging), bounds::aging_error),
                    .measure = metric_of(play, "low", "device_share"),
                    .decimals = 4});
    rows.push_back({.id = "p8.aging.wait",
                    .figure = "-",
                    .subject = "its longest wait, ms",
                    .paper = "-",
                    .band = {.least = aging.aging_us * aging.distance / us_per_ms,
                             .most = std::min(longest_wait_by_aging_us(aging, 2) / us_per_ms,
                                              bounds::longest_wait_ms)},
                    .measure = metric_of(play, "low", "longest_wait_ms"),
                    .decimals = 1});
}

}  // namespace

Experiments share_experiments() {
    Experiments rows;
    for (const char* pair : {"50us_50us", "50us_500us", "500us_50us", "50us_2ms"}) {
        add_partition(rows, pair);
    }
    add_fair(rows, "one", weights[0]);
    add_fair(rows, "two", weights[1]);
    add_fair(rows, "three", weights[2]);
    rows.push_back({.id = "p7.round-robin",
                    .figure = "-",
                    .subject = "Jain's index of eight",
                    .paper = "-",
                    .band = {.least = bounds::fairness, .most = 1},
                    .measure = fairness_of({.scenario = "p7_round_robin", .policy = "round-robin"}),
                    .decimals = 4});
    add_aging(rows);
    return rows;
}

}  // namespace penstock::sim
