// SPDX-License-Identifier: Apache-2.0

#include "sim/comparison.h"

#include <algorithm>

#include "policies/catalogue.h"
#include "policies/observe_only.h"
#include "sim/machine/simulation.h"

namespace penstock::sim {
namespace {

RunFigures run_with(const Scenario& scenario,
                    std::unique_ptr<Policy> policy,
                    Simulation::Mode mode,
                    RunWatch* watch) {
    Simulation simulation(scenario, std::move(policy), mode);
    if (watch != nullptr) {
        simulation.watch(*watch);
    }
    return simulation.run();
}

RunFigures run_natively(const Scenario& scenario, RunWatch* watch = nullptr) {
    return run_with(scenario, std::make_unique<ObserveOnly>(), Simulation::Mode::native, watch);
}

// The others stay in the scenario, so that whatever is drawn for this job is the same as beside
// them.
JobFigures run_alone(Scenario scenario, std::size_t job) {
    for (std::size_t other = 0; other < scenario.jobs.size(); ++other) {
        scenario.jobs[other].muted = other != job;
    }
    return std::move(run_natively(scenario).jobs[job]);
}

}  // namespace

Result<RunFigures> run_policy(const Scenario& scenario, std::string_view policy, RunWatch* watch) {
    if (policy == native_name) {
        RunFigures figures = run_natively(scenario, watch);
        figures.policy = policy;
        return figures;
    }
    const auto own = std::ranges::find(scenario.policies, policy, &PolicyModel::name);
    Result<std::unique_ptr<Policy>> made = own != scenario.policies.end()
                                               ? make_policy(own->base, own->settings)
                                               : make_policy(policy);
    if (!made) {
        return std::unexpected(std::move(made).error());
    }
    RunFigures figures = run_with(scenario, std::move(*made), Simulation::Mode::scheduled, watch);
    figures.policy = policy;
    return figures;
}

Result<Comparison> compare(const Scenario& scenario,
                           const std::vector<std::string>& policies,
                           const Audience& audience) {
    const std::size_t all = policies.size() + scenario.jobs.size();
    std::size_t done = 0;
    const auto note_progress = [&] {
        if (audience.progress) {
            audience.progress(++done, all);
        }
    };
    Comparison comparison;
    for (const std::string& policy : policies) {
        RunWatch* watch =
            audience.traces != nullptr ? &audience.traces->emplace_back(policy) : nullptr;
        Result<RunFigures> figures = run_policy(scenario, policy, watch);
        if (!figures) {
            return std::unexpected(std::move(figures).error());
        }
        comparison.window = figures->window;
        comparison.runs.push_back(std::move(*figures));
        note_progress();
    }
    for (std::size_t job = 0; job < scenario.jobs.size(); ++job) {
        comparison.alone.push_back(run_alone(scenario, job));
        note_progress();
    }
    return comparison;
}

}  // namespace penstock::sim
