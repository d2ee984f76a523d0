// SPDX-License-Identifier: Apache-2.0
//
// Decision replay: decides again what a record of decisions shows, with the shipped policies and
// guard, and compares.
//
// The policy that was recorded sees the same snapshots in the same order, so it must come to the
// same decisions. Another one sees a machine that obeyed the recorded one: what it decides is exact
// for each tick, and what would have become of it is not in the record.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "agent/decisions/decision_reader.h"
#include "policies/policy_settings.h"

namespace penstock::sim {

struct Decider {
    std::string policy{};  // Of the catalogue.
    PolicySettings settings{};
};

// How long an owner that had work was placed where, summed over devices.
struct Placed {
    Duration runs{};
    Duration turns{};
    Duration yields{};
};

struct OwnerCourse {
    std::uint32_t pid = 0;
    std::string command{};
    Placed recorded{};
    Placed replayed{};
};

struct ReplayFigures {
    std::string recorded{};  // The policies of the record, in order.
    std::uint64_t ticks = 0;
    std::uint64_t decisions = 0;    // That differ from the one before, as recorded.
    std::uint64_t differences = 0;  // Ticks at which the decision is not the recorded one.
    std::uint64_t first_line = 0;   // Of the first such tick.
    Duration span{};
    std::map<OwnerId, OwnerCourse> owners{};
};

// Without a decider the recorded policies decide. What was found before a failure is in `into`.
Result<> replay_decisions(decisions::DecisionReader& record,
                          const std::optional<Decider>& decider,
                          ReplayFigures& into);

[[nodiscard]] std::string replay_text(const ReplayFigures& figures,
                                      const std::optional<Decider>& decider);
[[nodiscard]] std::string replay_json(const ReplayFigures& figures,
                                      const std::optional<Decider>& decider);

}  // namespace penstock::sim
