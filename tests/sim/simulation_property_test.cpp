// SPDX-License-Identifier: Apache-2.0
//
// What must hold of every simulated run, whatever the scenario and the policy.

#include <gtest/gtest.h>

#include "policies/catalogue.h"
#include "sim/comparison.h"
#include "sim/machine/simulation.h"
#include "sim/report.h"
#include "tests/fakes/under_sanitizer.h"
#include "tests/property/dice.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;

// Of which each is a scenario for every policy.
constexpr std::uint32_t seeds = fakes::under_sanitizer ? 20 : 500;

DeviceModel random_device(Dice& dice) {
    constexpr std::array rungs{
        std::pair{PreemptionLevel::none, Reach::launches},
        std::pair{PreemptionLevel::launch_limit, Reach::launches},
        std::pair{PreemptionLevel::debug_suspend, Reach::unstarted},
        std::pair{PreemptionLevel::cooperative_save, Reach::running},
        std::pair{PreemptionLevel::debug_suspend, Reach::running},
    };
    const auto [level, reach] = rungs.at(dice.below(rungs.size()));
    DeviceModel device{.name = "gpu",
                       .sharing = dice.one_in(2) ? Sharing::processor : Sharing::first_come,
                       .level = level,
                       .reach = reach,
                       .scheduler = dice.one_in(2) ? DeviceScheduler::hws : DeviceScheduler::mes};
    device.parts = dice.one_in(3) ? 4 : 1;
    device.launch_threshold = dice.below(12);
    device.launch_batch = 1 + dice.below(std::max(device.launch_threshold, 1U));
    device.save = dice.microseconds_below(200);
    device.restore = dice.microseconds_below(200);
    return device;
}

JobModel random_job(Dice& dice, const std::string& name, std::size_t devices) {
    constexpr std::array kinds{Arrivals::Kind::closed,
                               Arrivals::Kind::periodic,
                               Arrivals::Kind::poisson,
                               Arrivals::Kind::gamma,
                               Arrivals::Kind::lognormal,
                               Arrivals::Kind::on_off};
    constexpr std::array shapes{
        Law::Shape::constant, Law::Shape::exponential, Law::Shape::lognormal};
    JobModel job{.name = name,
                 .device = dice.below(static_cast<std::uint32_t>(devices)),
                 .priority = dice.between(-20, 20),
                 .weight = 1 + dice.below(300)};
    job.service_class = static_cast<ServiceClass>(dice.below(4));
    job.deadline = dice.one_in(2) ? dice.microseconds_below(50'000) : Duration{};
    job.cost = dice.one_in(2) ? dice.microseconds_below(20'000) : Duration{};
    job.kernel = {.shape = shapes.at(dice.below(shapes.size())),
                  .mean = 5us + dice.microseconds_below(500)};
    job.kernels = 1 + dice.below(20);
    job.arrivals.kind = kinds.at(dice.below(kinds.size()));
    // Never so many that they pile up for ever.
    job.arrivals.gap = job.kernel.mean * job.kernels * 8;
    job.arrivals.depth = 1 + dice.below(3);
    job.streams = 1 + dice.below(3);
    job.processes = 1 + dice.below(3);
    return job;
}

Scenario random_scenario(std::uint32_t seed) {
    Dice dice(seed);
    Scenario scenario{.duration = 60ms, .warm_up = 10ms, .seed = seed};
    scenario.limits.longest_suspension = 2ms + dice.microseconds_below(20'000);
    scenario.limits.shortest_run_window = 1ms + dice.microseconds_below(5'000);
    const std::uint32_t devices = 1 + dice.below(3);
    for (std::uint32_t device = 0; device < devices; ++device) {
        scenario.devices.push_back(random_device(dice));
    }
    const std::uint32_t jobs = 2 + dice.below(4);
    for (std::uint32_t number = 0; number < jobs; ++number) {
        scenario.jobs.push_back(random_job(dice, "job" + std::to_string(number), devices));
        scenario.jobs.back().arrives_with = number;
    }
    if (dice.below(3) == 0) {
        scenario.memory = {.bus = {.peak = 50'000'000'000, .contention_loss = 0.1 * dice.below(4)}};
        for (JobModel& job : scenario.jobs) {
            job.dram_rate = std::uint64_t{dice.below(60)} * 1'000'000'000;
        }
    }
    return scenario;
}

std::vector<std::string> every_policy() {
    std::vector<std::string> names{std::string(native_name)};
    for (const CatalogueEntry& entry : catalogue()) {
        names.emplace_back(entry.name);
    }
    return names;
}

TEST(SimulationProperty, has_the_same_history_for_the_same_seed) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        const Scenario scenario = random_scenario(seed);
        EXPECT_EQ(json_text(*compare(scenario, every_policy())),
                  json_text(*compare(scenario, every_policy())))
            << "seed " << seed;
    }
}

// However a policy ranks somebody, it stands still for no longer than the guard allows, and then
// runs. Orders are carried out one at a time, at least a microsecond apart.
void expect_nobody_starved(const Scenario& scenario,
                           const RunFigures& run,
                           const std::string& where) {
    for (const JobFigures& job : run.jobs) {
        EXPECT_LE(job.longest_suspension, scenario.limits.longest_suspension + 10us) << where;
    }
}

TEST(SimulationProperty, executes_each_packet_once_and_leaves_nobody_suspended) {
    // For ./dev figures policies.
    RecordProperty("scenarios", static_cast<int>(seeds * every_policy().size()));
    std::uint64_t executed = 0;
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        const Scenario scenario = random_scenario(seed);
        for (const std::string& policy : every_policy()) {
            const RunFigures run = *run_policy(scenario, policy);
            const std::string where = policy + ", seed " + std::to_string(seed);
            EXPECT_TRUE(run.finished) << where;
            EXPECT_FALSE(run.anyone_suspended) << where;
            executed += run.executed;
            EXPECT_EQ(run.executed, run.launched) << where;
            EXPECT_EQ(run.service, run.work) << where;
            expect_nobody_starved(scenario, run, where);
        }
    }
    EXPECT_GT(executed, seeds * 200U) << "there was something to do";
}

// No device gives more than its time, and it is never both busy and standing still.
TEST(SimulationProperty, gives_no_more_than_there_is) {
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        const Scenario scenario = random_scenario(seed);
        const RunFigures run = *run_policy(scenario, "fixed-priority");
        for (std::size_t device = 0; device < scenario.devices.size(); ++device) {
            Duration given{};
            for (std::size_t job = 0; job < scenario.jobs.size(); ++job) {
                given += scenario.jobs[job].device == device ? run.jobs[job].service : Duration{};
            }
            const DeviceFigures& figures = run.devices[device];
            const auto parts = static_cast<int>(scenario.devices[device].parts);
            EXPECT_LE(given, figures.busy * parts + 1us) << "seed " << seed;
            EXPECT_LE(figures.busy, run.window) << "seed " << seed;
        }
    }
}

// Who always has work is never all suspended: what is lost is but the time of changing turns.
TEST(SimulationProperty, leaves_no_device_idle_under_any_policy) {
    Scenario scenario{.duration = 1s, .warm_up = 100ms};
    scenario.devices.push_back({.name = "gpu", .save = 20us, .restore = 20us});
    for (std::size_t number = 0; number < 3; ++number) {
        JobModel job{.name = "job" + std::to_string(number), .kernels = 50};
        job.priority = static_cast<std::int32_t>(number);
        job.service_class = static_cast<ServiceClass>(number + 1);
        job.deadline = 20ms * number;
        job.cost = 5ms;
        job.arrivals.depth = 2;
        job.arrives_with = number;
        scenario.jobs.push_back(job);
    }
    for (const std::string& policy : every_policy()) {
        const RunFigures run = *run_policy(scenario, policy);
        EXPECT_GE(run.devices.front().busy, run.window * 96 / 100) << policy;
    }
}

// Natively a device with work is never idle: what the closed jobs leave is the gaps in which they
// launch and are woken.
TEST(SimulationProperty, is_work_conserving_natively) {
    for (const Sharing sharing : {Sharing::processor, Sharing::first_come}) {
        Scenario scenario{.duration = 1s, .warm_up = 100ms};
        scenario.devices.push_back({.name = "gpu", .sharing = sharing});
        for (std::size_t number = 0; number < 3; ++number) {
            JobModel job{.name = "job" + std::to_string(number), .kernels = 50};
            job.arrivals.depth = 2;
            job.arrives_with = number;
            scenario.jobs.push_back(job);
        }
        const RunFigures run = *run_policy(scenario, native_name);
        EXPECT_EQ(run.devices.front().busy, run.window);
        EXPECT_NEAR(static_cast<double>(run.jobs[0].service.count()),
                    static_cast<double>(run.window.count()) / 3,
                    1e6);
    }
}

}  // namespace
}  // namespace penstock::sim
