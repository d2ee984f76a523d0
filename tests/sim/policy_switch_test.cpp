// SPDX-License-Identifier: Apache-2.0
//
// Policies that take over from each other while devices are busy, and processes that die while
// others yield to them: nothing is lost, and nobody is left suspended.

#include <gtest/gtest.h>

#include <array>

#include "policies/catalogue.h"
#include "sim/machine/simulation.h"
#include "tests/fakes/under_sanitizer.h"
#include "tests/property/dice.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;

constexpr unsigned switches = fakes::under_sanitizer ? 100 : 1000;

JobModel job_on(std::size_t device, std::size_t number) {
    constexpr std::array classes{ServiceClass::latency, ServiceClass::batch, ServiceClass::idle};
    JobModel job{.name = "job" + std::to_string(number),
                 .device = device,
                 .priority = static_cast<std::int32_t>(number * 3) - 6,
                 .weight = static_cast<std::uint32_t>(50 + (number * 100)),
                 .service_class = classes.at(number % classes.size()),
                 .deadline = number % 2 == 0 ? Duration(30ms) : Duration{},
                 .cost = 2ms,
                 .kernel = {.shape = Law::Shape::exponential, .mean = 100us},
                 .kernels = 20,
                 .streams = 2};
    job.arrivals.depth = 2;
    return job;
}

// One device for each way to suspend, on each three jobs that together ask for more than there is.
Scenario loaded_machine() {
    Scenario scenario{.duration = 4s, .warm_up = 0ms, .limits = {.longest_suspension = 50ms}};
    for (const auto& [level, reach] : {std::pair{PreemptionLevel::launch_limit, Reach::launches},
                                       std::pair{PreemptionLevel::debug_suspend, Reach::unstarted},
                                       std::pair{PreemptionLevel::debug_suspend, Reach::running}}) {
        const std::size_t device = scenario.devices.size();
        scenario.devices.push_back({.name = "gpu" + std::to_string(device),
                                    .level = level,
                                    .reach = reach,
                                    .launch_threshold = 8,
                                    .launch_batch = 4});
        for (int each = 0; each < 3; ++each) {
            const std::size_t number = scenario.jobs.size();
            scenario.jobs.push_back(job_on(device, number));
            scenario.jobs.back().arrives_with = number;
        }
    }
    return scenario;
}

const CatalogueEntry& any_policy(Dice& dice) {
    const std::size_t count = catalogue().size();
    return catalogue()[dice.below(static_cast<std::uint32_t>(count))];
}

TEST(PolicySwitch, a_thousand_times_under_load_loses_nothing_and_lets_nobody_wait) {
    const Scenario scenario = loaded_machine();
    for (std::uint32_t seed = 1; seed <= 3; ++seed) {
        Dice dice(seed);
        Simulation simulation(
            scenario, *make_policy("fixed-priority"), Simulation::Mode::scheduled);
        Duration when{};
        for (unsigned each = 0; each < switches; ++each) {
            when += 1ms + dice.microseconds_below(6000);
            simulation.switch_at(when, *make_policy(any_policy(dice).name));
        }
        const RunFigures run = simulation.run();
        EXPECT_TRUE(run.finished) << "seed " << seed;
        EXPECT_FALSE(run.anyone_suspended) << "seed " << seed;
        EXPECT_EQ(run.executed, run.launched) << "seed " << seed;
        EXPECT_EQ(run.service, run.work) << "seed " << seed;
        std::uint64_t preemptions = 0;
        for (const JobFigures& job : run.jobs) {
            EXPECT_GT(job.packets, 0U) << job.name << ", seed " << seed;
            EXPECT_LE(job.longest_suspension, 50ms + 1us) << job.name << ", seed " << seed;
            EXPECT_LE(job.longest_wait, 100ms) << job.name << ", seed " << seed;
            preemptions += job.preemptions;
        }
        EXPECT_GT(preemptions, switches) << "seed " << seed;
    }
}

// Whoever stands at the moment of the switch runs again at once, not after the next tick or when
// the guard's time is over.
TEST(PolicySwitch, to_one_that_orders_nothing_resumes_everybody_at_once) {
    Scenario scenario = loaded_machine();
    scenario.duration = 2s;
    scenario.tick = 1s;
    Simulation simulation(scenario, *make_policy("fixed-priority"), Simulation::Mode::scheduled);
    for (int each = 1; each < 100; ++each) {
        const char* next = each % 2 == 1 ? "observe-only" : "fixed-priority";
        simulation.switch_at(each * 10ms, *make_policy(next));
    }
    const RunFigures run = simulation.run();
    Duration longest{};
    for (const JobFigures& job : run.jobs) {
        longest = std::max(longest, job.longest_suspension);
    }
    EXPECT_GT(longest, 5ms) << "nobody was suspended when the policy changed";
    EXPECT_LE(longest, 10ms + 1us);
}

TEST(PolicySwitch, to_the_same_policy_changes_nothing) {
    const Scenario scenario = loaded_machine();
    Simulation plain(scenario, *make_policy("fixed-priority"), Simulation::Mode::scheduled);
    Simulation switched(scenario, *make_policy("fixed-priority"), Simulation::Mode::scheduled);
    for (int each = 1; each < 100; ++each) {
        switched.switch_at(each * 3ms, *make_policy("fixed-priority"));
    }
    const RunFigures one = plain.run();
    const RunFigures other = switched.run();
    for (std::size_t job = 0; job < one.jobs.size(); ++job) {
        EXPECT_EQ(one.jobs[job].packets, other.jobs[job].packets) << one.jobs[job].name;
        EXPECT_EQ(one.jobs[job].preemptions, other.jobs[job].preemptions) << one.jobs[job].name;
    }
}

// Between two ticks it is the gate that has to notice; the guard's time is not over for long.
TEST(DeathOfAProcess, lets_those_run_who_yielded_to_it) {
    for (const char* policy : {"fixed-priority", "fair-share", "earliest-deadline", "harvest"}) {
        Scenario scenario = loaded_machine();
        scenario.limits.longest_suspension = 10s;
        scenario.tick = 1s;
        scenario.duration = 2s;
        for (std::size_t number = 0; number < scenario.jobs.size(); ++number) {
            JobModel& job = scenario.jobs[number];
            const bool dies = number % 3 == 2;  // Each device's other two are equals.
            job.priority = dies ? 5 : 0;
            job.kernels = dies ? 1'000'000 : 20;
            job.ends = dies ? Duration(1005ms) : Duration{};
            job.deadline = dies ? 1ms : 1h;
            job.weight = dies ? 10'000 : 1;
            job.service_class = dies ? ServiceClass::latency : ServiceClass::idle;
        }
        Simulation simulation(scenario, *make_policy(policy), Simulation::Mode::scheduled);
        const RunFigures run = simulation.run();
        EXPECT_FALSE(run.anyone_suspended) << policy;
        EXPECT_TRUE(run.finished) << policy;
        EXPECT_GT(run.lost, 0U) << policy;
        EXPECT_EQ(run.executed + run.lost, run.launched) << policy;
        for (std::size_t number = 0; number < scenario.jobs.size(); ++number) {
            const JobFigures& job = run.jobs[number];
            EXPECT_LE(job.longest_suspension, 1015ms) << policy << ", " << job.name;
            EXPECT_GT(job.packets, 100U) << policy << ", " << job.name;
        }
    }
}

TEST(DeathOfAProcess, that_is_suspended_itself_changes_nothing_for_others) {
    Scenario scenario = loaded_machine();
    scenario.duration = 1s;
    for (std::size_t number = 0; number < scenario.jobs.size(); number += 3) {
        scenario.jobs[number].ends = 300ms;  // The lowest.
    }
    Simulation simulation(scenario, *make_policy("fixed-priority"), Simulation::Mode::scheduled);
    const RunFigures run = simulation.run();
    EXPECT_TRUE(run.finished);
    EXPECT_FALSE(run.anyone_suspended);
    EXPECT_EQ(run.executed + run.lost, run.launched);
}

}  // namespace
}  // namespace penstock::sim
