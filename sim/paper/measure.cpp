// SPDX-License-Identifier: Apache-2.0

#include "sim/paper/measure.h"

#include <algorithm>
#include <limits>

#include "sim/comparison.h"
#include "sim/metrics.h"
#include "sim/paper/expectations.h"

namespace penstock::sim {
namespace {

// What the figures of a job give; no number, which is in no band, where there is no such job.
double of_job(const RunFigures& run, const std::string& name, const auto& value) {
    const auto found = std::ranges::find(run.jobs, name, &JobFigures::name);
    return found != run.jobs.end() ? value(*found) : std::numeric_limits<double>::quiet_NaN();
}

double as_number(auto count) {
    return static_cast<double>(count);
}

double as_number(Duration time) {
    return static_cast<double>(time.count());
}

Duration service_of_all(const RunFigures& run) {
    Duration all{};
    for (const JobFigures& job : run.jobs) {
        all += job.service;
    }
    return all;
}

std::vector<Play> plays_of(const std::vector<Measure>& measures) {
    std::vector<Play> plays;
    for (const Measure& measure : measures) {
        plays.insert(plays.end(), measure.plays.begin(), measure.plays.end());
    }
    return plays;
}

Measure of_run(const Play& play, std::function<double(const RunFigures&)> value) {
    return {.plays = {play}, .value = [play, value = std::move(value)](const PlayBook& book) {
                return value(book.of(play));
            }};
}

double value_beside(const RunFigures& run,
                    const RunFigures& alone,
                    const std::string& job,
                    std::string_view key) {
    return of_job(run, job, [&](const JobFigures& own) {
        return of_job(alone, job, [&](const JobFigures& by_itself) {
            return value_of(key, {.job = own, .alone = by_itself, .window = run.window});
        });
    });
}

}  // namespace

Measure metric_of(const Play& play, const std::string& job, std::string_view key) {
    const bool beside = key.starts_with("slowdown") || key == "throughput_relative";
    const Play alone{.scenario = play.scenario, .policy = std::string(native_name), .alone = job};
    return {.plays = beside ? std::vector{play, alone} : std::vector{play},
            .value = [play, job, key, beside, alone](const PlayBook& book) {
                return value_beside(book.of(play), book.of(beside ? alone : play), job, key);
            }};
}

Measure part_of(const Play& play, const std::string& job) {
    return of_run(play, [job](const RunFigures& run) {
        return of_job(run, job, [&](const JobFigures& own) {
            return as_number(own.service) / as_number(service_of_all(run));
        });
    });
}

Measure overhead_of(const Play& play, const std::string& job) {
    return of_run(play, [job](const RunFigures& run) {
        return of_job(run, job, [&](const JobFigures& own) {
            return (as_number(run.window) / as_number(own.service)) - 1;
        });
    });
}

Measure device_overhead(const Play& play) {
    return of_run(play, [](const RunFigures& run) {
        return 1 - (as_number(run.devices.front().busy) / as_number(run.window));
    });
}

Measure stretch_p99(const Play& play) {
    constexpr double thousandths = 1000;
    return of_run(play, [](const RunFigures& run) {
        return as_number(run.stretch.quantile(0.99)) / thousandths;
    });
}

Measure part_of_misses(const Play& play) {
    return of_run(play, [](const RunFigures& run) {
        std::uint64_t misses = 0;
        for (const JobFigures& job : run.jobs) {
            misses += job.misses;
        }
        return as_number(misses) / as_number(run.stretch.count());
    });
}

Measure load_of(const Play& play, double parts) {
    return of_run(play, [parts](const RunFigures& run) {
        return as_number(service_of_all(run)) / (as_number(run.window) * parts);
    });
}

Measure fairness_of(const Play& play) {
    return of_run(play, [](const RunFigures& run) {
        std::vector<double> services;
        services.reserve(run.jobs.size());
        for (const JobFigures& job : run.jobs) {
            services.push_back(as_number(job.service));
        }
        return jain_index(services);
    });
}

Measure scaled(const Measure& measure, double factor) {
    return {.plays = measure.plays, .value = [measure, factor](const PlayBook& book) {
                return measure.value(book) * factor;
            }};
}

Measure moved(const Measure& measure, double by) {
    return {.plays = measure.plays,
            .value = [measure, by](const PlayBook& book) { return measure.value(book) + by; }};
}

Measure ratio(const Measure& one, const Measure& other) {
    return {.plays = plays_of({one, other}), .value = [one, other](const PlayBook& book) {
                return one.value(book) / other.value(book);
            }};
}

Measure spread(const std::vector<Measure>& measures) {
    return {.plays = plays_of(measures), .value = [measures](const PlayBook& book) {
                std::vector<double> values;
                values.reserve(measures.size());
                for (const Measure& measure : measures) {
                    values.push_back(measure.value(book));
                }
                const auto [least, most] = std::ranges::minmax(values);
                return (most - least) / least;
            }};
}

Measure first_below(const std::vector<std::pair<double, Measure>>& labelled, double limit) {
    std::vector<Play> plays;
    for (const auto& [label, measure] : labelled) {
        plays.insert(plays.end(), measure.plays.begin(), measure.plays.end());
    }
    return {.plays = std::move(plays), .value = [labelled, limit](const PlayBook& book) {
                const auto first = std::ranges::find_if(
                    labelled, [&](const auto& each) { return each.second.value(book) < limit; });
                return first != labelled.end() ? first->first
                                               : std::numeric_limits<double>::infinity();
            }};
}

}  // namespace penstock::sim
