// SPDX-License-Identifier: Apache-2.0
//
// Fig. 15: serving requests: two models of BERT's size by priority, and requests of five sizes by
// deadline.

#include <array>

#include "sim/paper/bounds.h"
#include "sim/paper/experiment.h"

namespace penstock::sim {
namespace {

constexpr Delays delays{};

// Requests of 25 ms, ten a second.
constexpr Visits inference{.work_us = 25'000, .period_us = 100'000};
constexpr LaunchControl eight{.kernel_us = 100};

constexpr double kernel_us = 293;
constexpr std::array classes{
    RequestClass{.portion = 40, .work_us = 10 * kernel_us},
    RequestClass{.portion = 30, .work_us = 20 * kernel_us},
    RequestClass{.portion = 15, .work_us = 40 * kernel_us},
    RequestClass{.portion = 10, .work_us = 100 * kernel_us},
    RequestClass{.portion = 5, .work_us = 300 * kernel_us},
};
constexpr double parts = 16;
constexpr double sigma = 2;
constexpr double seconds = 19;
constexpr std::array rates{100, 200, 400, 600, 800, 1000, 1200};
constexpr int paper_rate = 1000;  // Where the paper compares.

Play serving(int rate, const std::string& policy) {
    const std::string end = rate == paper_rate ? "" : "_" + std::to_string(rate);
    return {.scenario = "p11_serving" + end, .policy = policy};
}

void add_pair(Experiments& rows) {
    const auto slowdown = [](const std::string& policy) {
        return metric_of({.scenario = "fig15_bert_pair", .policy = policy}, "high", "slowdown_p99");
    };
    rows.push_back(
        {.id = "fig15a.priority",
         .figure = "Fig. 15 a",
         .subject = "P99 of the high priority, x alone",
         .paper = "1.07",
         .band = slowdown_by_yielding(yield_by_holding_launches(eight, delays), inference, delays),
         .measure = slowdown("quick")});
    rows.push_back({.id = "fig15a.unordered",
                    .figure = "Fig. 15 a",
                    .subject = "the same without orders",
                    .paper = "1.53",
                    .band = within(slowdown_by_bounds(1, 1), 0.05),
                    .measure = slowdown("observe-only"),
                    .note = "two that fill the device get half of it each; the paper's leave "
                            "a part of it to the other"});
}

void add_rate(Experiments& rows, int rate) {
    const std::string id = "fig15b." + std::to_string(rate);
    const double load = offered_load(rate, classes, parts);
    const double deviation = load_deviation(rate, classes, sigma, seconds);
    rows.push_back({.id = id + ".load",
                    .figure = "Fig. 15 b",
                    .subject = "device time of " + std::to_string(rate) + " requests/s",
                    .paper = "-",
                    .band = within(load, load * deviation),
                    .measure = load_of(serving(rate, "k-edf"), parts)});
    const bool compared = rate == paper_rate;
    rows.push_back({.id = id + ".gain",
                    .figure = "Fig. 15 b",
                    .subject = "P99 of stretch, native for K-EDF",
                    .paper = rate < paper_rate ? "about 1" : "1.3",
                    .band = at_least(compared ? bounds::serving_gain : 1 / 1.05),
                    .measure = ratio(stretch_p99(serving(rate, "native")),
                                     stretch_p99(serving(rate, "k-edf"))),
                    .decimals = 2});
}

}  // namespace

Experiments serving_experiments() {
    Experiments rows;
    add_pair(rows);
    for (const int rate : rates) {
        add_rate(rows, rate);
    }
    rows[2].note =
        "the paper's milliseconds are of its own models and GPU: compared is the ratio. Its rival "
        "is Paella, which is not modelled; native sharing is";
    rows.push_back({.id = "fig15b.1000.misses",
                    .figure = "Fig. 15 b",
                    .subject = "deadlines missed",
                    .paper = "-",
                    .band = {.least = 0, .most = bounds::serving_misses},
                    .measure = part_of_misses(serving(paper_rate, "k-edf"))});
    return rows;
}

}  // namespace penstock::sim
