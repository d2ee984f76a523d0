// SPDX-License-Identifier: Apache-2.0
//
// Comparison: one scenario under several policies, and what each job would get if it were alone.

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sim/machine/figures.h"
#include "sim/machine/scenario.h"
#include "sim/run_trace.h"

namespace penstock::sim {

// As if Penstock were not installed: no orders, and no bound on what is in flight.
inline constexpr std::string_view native_name = "native";

struct Comparison {
    Duration window{};
    std::vector<JobFigures> alone{};  // Each job natively and by itself, in the scenario's order.
    std::vector<RunFigures> runs{};   // One per policy, in the order asked for.
};

// Who looks on; nobody has to.
struct Audience {
    std::vector<RunTrace>* traces = nullptr;  // Gets one for each policy.
    std::function<void(std::size_t done, std::size_t all)> progress{};
};

// `policy` is "native", a [Policy] of the scenario, or one of the catalogue.
[[nodiscard]] Result<RunFigures> run_policy(const Scenario& scenario,
                                            std::string_view policy,
                                            RunWatch* watch = nullptr);

// Fails when a policy is not known.
[[nodiscard]] Result<Comparison> compare(const Scenario& scenario,
                                         const std::vector<std::string>& policies,
                                         const Audience& audience = {});

}  // namespace penstock::sim
