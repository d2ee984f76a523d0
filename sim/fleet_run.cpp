// SPDX-License-Identifier: Apache-2.0

#include "sim/fleet_run.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "sim/comparison.h"

namespace penstock::sim {
namespace {

// Machines that are run before their figures are added up, for each thread: enough that threads
// seldom wait for each other, and few enough that their histograms take little memory.
constexpr std::uint32_t nodes_per_thread = 4;

using Outcome = Result<RunFigures>;

// Each thread takes the next machine that nobody has taken.
std::vector<Outcome> run_some(const Fleet& fleet,
                              std::string_view policy,
                              std::uint32_t first,
                              std::uint32_t threads) {
    const std::uint32_t count = std::min(fleet.nodes() - first, threads * nodes_per_thread);
    std::vector<Outcome> outcomes(count);
    std::atomic<std::uint32_t> next{0};
    const auto work = [&] {
        for (std::uint32_t place = next++; place < count; place = next++) {
            outcomes[place] = run_policy(fleet.node(first + place), policy);
        }
    };
    std::vector<std::jthread> others;
    for (std::uint32_t thread = 1; thread < std::min(threads, count); ++thread) {
        others.emplace_back(work);
    }
    work();
    others.clear();  // Which waits for them.
    return outcomes;
}

// In the order of the nodes, because means are sums of rounded numbers.
Result<> add_up(std::vector<Outcome>& outcomes, std::optional<RunFigures>& whole) {
    for (Outcome& outcome : outcomes) {
        if (!outcome) {
            return std::unexpected(std::move(outcome).error());
        }
        if (whole) {
            add(*whole, *outcome);
        } else {
            whole = std::move(*outcome);
        }
    }
    return {};
}

}  // namespace

Result<RunFigures> run_fleet(const Fleet& fleet, std::string_view policy, std::uint32_t threads) {
    std::optional<RunFigures> whole;
    for (std::uint32_t first = 0; first < fleet.nodes(); first += threads * nodes_per_thread) {
        std::vector<Outcome> outcomes = run_some(fleet, policy, first, threads);
        if (Result<> added = add_up(outcomes, whole); !added) {
            return std::unexpected(std::move(added).error());
        }
    }
    return std::move(whole).value_or(RunFigures{});
}

}  // namespace penstock::sim
