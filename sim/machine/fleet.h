// SPDX-License-Identifier: Apache-2.0
//
// Fleet: many machines that are each as one scenario has it, with an agent of its own each, under
// one stream of arrivals.
//
// Who spreads the requests does not look into the machines, as no load balancer does: it reckons
// from the work that it has sent to each. So every machine can be run by itself, in any order.

#pragma once

#include <vector>

#include "base/result.h"
#include "sim/machine/scenario.h"

namespace penstock::sim {

class Fleet {
  public:
    // Spreads all requests of the scenario's duration. Fails when they are more than memory is
    // meant for. The scenario must outlive it.
    static Result<Fleet> make(const Scenario& scenario);

    [[nodiscard]] std::uint32_t nodes() const { return scenario_->fleet.nodes; }

    // What one machine goes through: as the scenario, with a seed of its own and the requests that
    // it gets. Valid while the fleet is.
    [[nodiscard]] Scenario node(std::uint32_t number) const;

  private:
    // The requests of a job that others' may be a part of.
    struct Stream {
        std::size_t job = 0;
        std::vector<Duration> times{};     // Node after node, of each in order.
        std::vector<std::size_t> begin{};  // Where those of a node are; one more than nodes.
    };

    explicit Fleet(const Scenario& scenario) : scenario_(&scenario) {}

    const Scenario* scenario_;
    std::vector<Stream> streams_{};
};

// Requests of a whole fleet.
inline constexpr std::size_t most_arrivals = 64'000'000;

}  // namespace penstock::sim
