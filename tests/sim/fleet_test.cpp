// SPDX-License-Identifier: Apache-2.0

#include "sim/machine/fleet.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "sim/comparison.h"
#include "sim/fleet_run.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t nodes = 5;

// On each node an urgent job whose requests arrive, and one that always has work.
Scenario small_fleet(Spread spread = Spread::least_loaded) {
    Scenario scenario{.duration = 300ms, .warm_up = 50ms, .seed = 7};
    scenario.devices.push_back({.name = "gpu", .launch_threshold = 8, .launch_batch = 4});
    scenario.jobs.push_back({.name = "urgent",
                             .priority = 10,
                             .kernel = {.mean = 50us},
                             .kernels = 4,
                             .arrivals = {.kind = Arrivals::Kind::poisson, .gap = 2ms},
                             .processes = 6});
    scenario.jobs.push_back({.name = "batch", .kernel = {.mean = 300us}, .arrives_with = 1});
    scenario.fleet = {.nodes = nodes, .spread = spread};
    return scenario;
}

// What adds up exactly.
struct Counts {
    std::uint64_t events = 0;
    std::uint64_t made = 0;
    std::uint64_t completed = 0;
    std::uint64_t packets = 0;
    std::uint64_t preemptions = 0;
    std::uint64_t dropped = 0;
    std::uint64_t gaps = 0;
    std::uint64_t lost = 0;
    std::uint64_t queues = 0;
    Duration longest_suspension{};
    Duration busy{};
    bool operator==(const Counts&) const = default;
};

void count(const RunFigures& run, Counts& into) {
    into.events += run.events;
    into.made += run.made;
    into.completed += run.completed;
    into.queues += run.queues;
    into.lost += run.lost;
    into.busy += run.devices[0].busy;
    for (const JobFigures& job : run.jobs) {
        into.packets += job.packets;
        into.preemptions += job.preemptions;
        into.dropped += job.dropped;
        into.gaps += job.gap.count();
        into.longest_suspension = std::max(into.longest_suspension, job.longest_suspension);
    }
}

// With arrivals: each node's own are those that the fleet gives it.
TEST(Fleet, comes_to_the_sum_of_its_nodes) {
    const Scenario scenario = small_fleet();
    const Fleet fleet = *Fleet::make(scenario);
    Counts one_by_one;
    Distribution latency;
    for (std::uint32_t number = 0; number < nodes; ++number) {
        const RunFigures alone = *run_policy(fleet.node(number), "fixed-priority");
        count(alone, one_by_one);
        latency.add(alone.jobs[0].latency);
    }
    const RunFigures whole = *run_fleet(fleet, "fixed-priority", 2);
    Counts together;
    count(whole, together);
    EXPECT_EQ(together, one_by_one);
    EXPECT_GT(together.preemptions, 0U);
    EXPECT_EQ(whole.made, whole.completed);
    EXPECT_EQ(whole.queues, nodes * 7U);
    EXPECT_EQ(whole.queues_completed, whole.queues);
    EXPECT_EQ(whole.jobs[0].latency.count(), latency.count());
    EXPECT_EQ(whole.jobs[0].latency.quantile(0.99), latency.quantile(0.99));
}

// Without arrivals a node is a plain run with another seed.
TEST(Fleet, of_closed_jobs_is_so_many_runs_with_seeds_of_their_own) {
    Scenario scenario = small_fleet();
    scenario.jobs[0].arrivals = {.think = 1ms};
    scenario.jobs[0].kernel.shape = Law::Shape::exponential;
    const Fleet fleet = *Fleet::make(scenario);
    std::set<std::uint64_t> seeds;
    Counts one_by_one;
    for (std::uint32_t number = 0; number < nodes; ++number) {
        Scenario single = scenario;
        single.fleet = {};
        single.seed = fleet.node(number).seed;
        seeds.insert(single.seed);
        count(*run_policy(single, "fixed-priority"), one_by_one);
    }
    EXPECT_EQ(seeds.size(), nodes);
    Counts together;
    count(*run_fleet(fleet, "fixed-priority", 1), together);
    EXPECT_EQ(together, one_by_one);
}

TEST(Fleet, counts_the_frames_that_its_nodes_drop) {
    Scenario scenario = small_fleet();
    scenario.jobs[0].arrivals.drops = true;
    scenario.jobs[0].kernel.mean = 3ms;
    const Fleet fleet = *Fleet::make(scenario);
    Counts one_by_one;
    for (std::uint32_t number = 0; number < nodes; ++number) {
        count(*run_policy(fleet.node(number), "fixed-priority"), one_by_one);
    }
    const RunFigures whole = *run_fleet(fleet, "fixed-priority", 2);
    Counts together;
    count(whole, together);
    EXPECT_EQ(together, one_by_one);
    EXPECT_GT(together.dropped, 0U);
    EXPECT_NE(fleet_json(fleet, {whole}).find("\"dropped\":"), std::string::npos);
}

// Byte for byte, means and quantiles too.
TEST(Fleet, tells_the_same_however_many_threads_there_are) {
    const Scenario scenario = small_fleet(Spread::random_of_two);
    const Fleet fleet = *Fleet::make(scenario);
    const std::string alone = fleet_json(fleet, {*run_fleet(fleet, "fixed-priority", 1)});
    EXPECT_EQ(alone, fleet_json(fleet, {*run_fleet(fleet, "fixed-priority", 3)}));
    Scenario other = scenario;
    other.seed = 8;
    const Fleet differs = *Fleet::make(other);
    EXPECT_NE(alone, fleet_json(differs, {*run_fleet(differs, "fixed-priority", 1)}));
}

// None is lost, none comes twice, and none of the nodes is forgotten.
TEST(Fleet, gives_each_request_of_one_stream_to_one_node) {
    for (const Spread spread : {Spread::least_loaded, Spread::random_of_two}) {
        Scenario scenario = small_fleet(spread);
        const Fleet fleet = *Fleet::make(scenario);
        std::vector<Duration> all;
        std::size_t most = 0;
        std::size_t least = std::numeric_limits<std::size_t>::max();
        for (std::uint32_t number = 0; number < nodes; ++number) {
            const Scenario node = fleet.node(number);
            const std::span<const Duration> times = node.jobs[0].arrivals.times;
            EXPECT_TRUE(std::ranges::is_sorted(times));
            EXPECT_EQ(node.jobs[1].arrivals.kind, Arrivals::Kind::closed);
            all.insert(all.end(), times.begin(), times.end());
            most = std::max(most, times.size());
            least = std::min(least, times.size());
        }
        // 300 ms of one every 2 ms, for each of five nodes.
        EXPECT_NEAR(static_cast<double>(all.size()), 750, 100);
        EXPECT_LT(most, 2 * least);
        std::ranges::sort(all);
        Scenario one = scenario;
        one.fleet.nodes = 1;
        one.jobs[0].arrivals.gap /= nodes;
        const Fleet single = *Fleet::make(one);
        const Scenario node = single.node(0);
        EXPECT_TRUE(std::ranges::equal(all, node.jobs[0].arrivals.times));
    }
}

TEST(Fleet, is_told_with_what_was_lost) {
    const Scenario scenario = small_fleet();
    const Fleet fleet = *Fleet::make(scenario);
    const std::vector<RunFigures> runs{*run_fleet(fleet, "native", 1)};
    const auto told = nlohmann::json::parse(fleet_json(fleet, runs));
    EXPECT_EQ(told["simulated"], true);
    EXPECT_EQ(told["nodes"], nodes);
    EXPECT_EQ(told["devices"], nodes);
    EXPECT_EQ(told["runs"][0]["requests_lost"], 0);
    EXPECT_EQ(told["runs"][0]["queues_completed"], nodes * 7U);
    EXPECT_THAT(fleet_text(fleet, runs),
                testing::HasSubstr("5 nodes with 5 devices and 35 queues"));
}

TEST(Fleet, refuses_more_requests_than_memory_is_meant_for) {
    Scenario scenario = small_fleet();
    scenario.duration = 3600s;
    scenario.fleet.nodes = most_nodes;
    scenario.jobs[0].arrivals.gap = 1us;
    const Result<Fleet> fleet = Fleet::make(scenario);
    ASSERT_FALSE(fleet);
    EXPECT_THAT(fleet.error().message(), testing::HasSubstr("more than 64000000 requests"));
}

}  // namespace
}  // namespace penstock::sim
