// SPDX-License-Identifier: Apache-2.0
//
// Stage: a shipped scenario to be run in a test, and its figures by name.

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "sim/comparison.h"
#include "sim/metrics.h"
#include "sim/scenario_text.h"

namespace penstock::sim {

// From sim/scenarios; one that is objected to fails the test.
inline Scenario shipped(const std::string& name) {
    const Result<ScenarioRead> read =
        load_scenario(std::string(PENSTOCK_SCENARIOS) + "/" + name + ".conf");
    if (!read) {
        ADD_FAILURE() << read.error().message();
        return {};
    }
    for (const config::Remark& remark : read->remarks.all()) {
        ADD_FAILURE() << to_text(remark.place) << ": " << remark.sentence;
    }
    return read->scenario;
}

// What may be asserted of one policy on one scenario.
class Stage {
  public:
    Stage(const Scenario& scenario, const std::string& policy)
        : comparison_(*compare(scenario, {policy})) {}

    [[nodiscard]] const RunFigures& run() const { return comparison_.runs.front(); }

    [[nodiscard]] const JobFigures& job(std::string_view name) const {
        return run().jobs.at(place_of(name));
    }

    [[nodiscard]] double value(std::string_view job, std::string_view key) const {
        return value_of(key,
                        {.job = this->job(job),
                         .alone = comparison_.alone.at(place_of(job)),
                         .window = comparison_.window});
    }

    // Of all device time that was given to jobs.
    [[nodiscard]] double part_of(std::string_view job) const {
        Duration all{};
        for (const JobFigures& each : run().jobs) {
            all += each.service;
        }
        return static_cast<double>(this->job(job).service.count()) /
               static_cast<double>(all.count());
    }

    // What no job was given of the first device's time.
    [[nodiscard]] double overhead() const {
        return 1 - (static_cast<double>(run().devices.front().busy.count()) /
                    static_cast<double>(run().window.count()));
    }

  private:
    // Behind the last where there is none: looking there ends the test.
    [[nodiscard]] std::size_t place_of(std::string_view job) const {
        const auto place = std::ranges::find(run().jobs, job, &JobFigures::name);
        return static_cast<std::size_t>(place - run().jobs.begin());
    }

    Comparison comparison_;
};

}  // namespace penstock::sim
