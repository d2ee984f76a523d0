// SPDX-License-Identifier: Apache-2.0

#include "sim/machine/fleet.h"

#include <algorithm>
#include <string>

#include "sim/machine/chance.h"
#include "sim/machine/law.h"

namespace penstock::sim {
namespace {

// What of the scenario's seed is whose. Jobs have the lower numbers.
constexpr std::uint64_t part_of_spreading = most_jobs;
constexpr std::uint64_t part_of_nodes = most_jobs + 1;

// Whether its requests, and those of its mix, come from outside.
bool leads(const Scenario& scenario, std::size_t job) {
    const JobModel& model = scenario.jobs[job];
    return model.arrivals.kind != Arrivals::Kind::closed && model.arrives_with == job;
}

// As dense as the nodes together need it.
Arrivals of_all_nodes(Arrivals arrivals, std::uint32_t nodes) {
    arrivals.gap = std::max(arrivals.gap / nodes, Duration(1));
    return arrivals;
}

// Device time that a request of the stream takes on average, of all of a node's devices.
Duration mean_work(const Scenario& scenario, std::size_t leader) {
    double work = 0;
    double portions = 0;
    for (const JobModel& job : scenario.jobs) {
        if (job.arrives_with == leader) {
            work += job.portion * static_cast<double>(job.kernel.mean.count()) * job.kernels;
            portions += job.portion;
        }
    }
    const auto devices = static_cast<double>(scenario.devices.size());
    return Duration(static_cast<Duration::rep>(work / std::max(portions, 1e-9) / devices));
}

// What each node still has to do, as reckoned from what it was sent.
class Balance {
  public:
    Balance(const FleetModel& model, Chance chance)
        : spread_(model.spread), chance_(chance), nodes_(model.nodes) {
        for (std::uint32_t node = 0; node < model.nodes; ++node) {
            nodes_[node].number = node;
        }
    }

    // The node that gets a request, which then has so much more to do.
    std::uint32_t take(Duration now, Duration work) {
        switch (spread_) {
            case Spread::least_loaded:
                break;
            case Spread::random_of_two: {
                Node& one = nodes_[drawn()];
                Node& other = nodes_[drawn()];
                return load(other.free_at < one.free_at ? other : one, now, work);
            }
        }
        // A heap whose first has the least; of equals, the lowest number.
        std::ranges::pop_heap(nodes_, &busier);
        const std::uint32_t taken = load(nodes_.back(), now, work);
        std::ranges::push_heap(nodes_, &busier);
        return taken;
    }

  private:
    struct Node {
        Duration free_at{};
        std::uint32_t number = 0;
    };

    static bool busier(const Node& a, const Node& b) {
        return a.free_at != b.free_at ? a.free_at > b.free_at : a.number > b.number;
    }

    static std::uint32_t load(Node& node, Duration now, Duration work) {
        node.free_at = std::max(node.free_at, now);
        grow(node.free_at, work);
        return node.number;
    }

    // Any node, each as often.
    std::size_t drawn() {
        const double place = chance_.unit() * static_cast<double>(nodes_.size());
        return std::min(static_cast<std::size_t>(place), nodes_.size() - 1);
    }

    Spread spread_;
    Chance chance_;
    std::vector<Node> nodes_;
};

struct Arrival {
    Duration at{};
    std::uint32_t stream = 0;
    std::uint32_t node = 0;
};

std::unexpected<Error> too_many() {
    return fail("the fleet gets more than " + std::to_string(most_arrivals) +
                " requests; take fewer nodes, or a shorter time");
}

// Adds those of one stream.
Result<> add_arrivals(const Scenario& scenario,
                      std::size_t job,
                      std::uint32_t stream,
                      std::vector<Arrival>& arrivals) {
    const Arrivals model = of_all_nodes(scenario.jobs[job].arrivals, scenario.fleet.nodes);
    const Duration end = scenario.duration;
    // Laws with wide tails may have fewer, or more; this spares the wait for the hopeless.
    if (arrivals.size() + static_cast<std::size_t>(end / model.gap) / 2 > most_arrivals) {
        return too_many();
    }
    const Chance chance = Chance(scenario.seed).part(job).part(0);
    ArrivalTimes times(model, chance, TimePoint{});
    for (TimePoint next = times.next(); next <= TimePoint(end); next = times.next()) {
        if (arrivals.size() == most_arrivals) {
            return too_many();
        }
        // Jitter may bring the first one forward, but nothing comes before the start.
        const Duration at = std::max(next.time_since_epoch(), Duration{});
        arrivals.push_back({.at = at, .stream = stream});
    }
    return {};
}

// Of several streams the earlier request first, because all of them load the same nodes.
Result<std::vector<Arrival>> arrivals_of(const Scenario& scenario,
                                         const std::vector<std::size_t>& leaders) {
    std::vector<Arrival> arrivals;
    for (std::uint32_t stream = 0; stream < leaders.size(); ++stream) {
        if (Result<> added = add_arrivals(scenario, leaders[stream], stream, arrivals); !added) {
            return std::unexpected(std::move(added).error());
        }
    }
    std::ranges::stable_sort(arrivals, {}, &Arrival::at);
    return arrivals;
}

}  // namespace

Result<Fleet> Fleet::make(const Scenario& scenario) {
    std::vector<std::size_t> leaders;
    std::vector<Duration> works;
    for (std::size_t job = 0; job < scenario.jobs.size(); ++job) {
        if (leads(scenario, job)) {
            leaders.push_back(job);
            works.push_back(mean_work(scenario, job));
        }
    }
    Result<std::vector<Arrival>> arrivals = arrivals_of(scenario, leaders);
    if (!arrivals) {
        return std::unexpected(std::move(arrivals).error());
    }
    Balance balance(scenario.fleet, Chance(scenario.seed).part(part_of_spreading));
    for (Arrival& arrival : *arrivals) {
        arrival.node = balance.take(arrival.at, works[arrival.stream]);
    }
    std::ranges::stable_sort(*arrivals, {}, &Arrival::node);
    Fleet fleet(scenario);
    for (const std::size_t leader : leaders) {
        fleet.streams_.push_back({.job = leader});
    }
    for (const Arrival& arrival : *arrivals) {
        Stream& own = fleet.streams_[arrival.stream];
        own.begin.resize(arrival.node + std::size_t{1}, own.times.size());
        own.times.push_back(arrival.at);
    }
    for (Stream& own : fleet.streams_) {
        own.begin.resize(fleet.nodes() + std::size_t{1}, own.times.size());
    }
    return fleet;
}

Scenario Fleet::node(std::uint32_t number) const {
    Scenario scenario = *scenario_;
    scenario.fleet = {};
    scenario.seed = Chance(scenario_->seed).part(part_of_nodes).part(number).bits();
    for (const Stream& stream : streams_) {
        Arrivals& arrivals = scenario.jobs[stream.job].arrivals;
        arrivals.kind = Arrivals::Kind::listed;
        arrivals.times = std::span(stream.times)
                             .subspan(stream.begin[number],
                                      stream.begin[number + std::size_t{1}] - stream.begin[number]);
    }
    return scenario;
}

}  // namespace penstock::sim
