// SPDX-License-Identifier: Apache-2.0
//
// Turn witness: what ranks alone say of who may run, without any account of service. Between equals
// who compete for too few turns it leaves the choice open, and only counts.

#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "policies/decision.h"

namespace penstock {

enum class Claim : std::uint8_t { runs, waits, either };

// Somebody with work whom nobody holds.
struct Contender {
    std::int32_t rank = 0;
    bool suspended = false;
    bool bound = true;  // Has to stand still when it is not its turn: nothing spares it.
};

class TurnWitness {
  public:
    TurnWitness(std::uint32_t runners, std::vector<Contender> contenders)
        : runners_(runners), contenders_(std::move(contenders)) {}

    // Of a contender with this rank.
    [[nodiscard]] Claim claim(std::int32_t rank) const {
        const auto higher = count([&](const Contender& each) { return each.rank > rank; });
        if (runners_ == 0) {
            return higher == 0 ? Claim::runs : Claim::waits;
        }
        const auto equal = count([&](const Contender& each) { return each.rank == rank; });
        if (higher >= runners_) {
            return Claim::waits;
        }
        return higher + equal <= runners_ ? Claim::runs : Claim::either;
    }

    // Between the equals that compete, as many run as there are turns; "" when it is so.
    [[nodiscard]] std::string judge_equals() const {
        for (const Contender& one : contenders_) {
            if (claim(one.rank) != Claim::either) {
                continue;
            }
            const auto is_equal = [&](const Contender& each) { return each.rank == one.rank; };
            const std::size_t turns =
                runners_ - count([&](const Contender& each) { return each.rank > one.rank; });
            const auto run =
                count([&](const Contender& each) { return is_equal(each) && !each.suspended; });
            const auto run_bound = count([&](const Contender& each) {
                return is_equal(each) && !each.suspended && each.bound;
            });
            if (run < turns) {
                return "leaves a turn to nobody";
            }
            if (run_bound > turns) {
                return "lets more run than there are turns";
            }
        }
        return "";
    }

  private:
    template <typename Predicate>
    [[nodiscard]] std::size_t count(Predicate predicate) const {
        return static_cast<std::size_t>(std::ranges::count_if(contenders_, predicate));
    }

    std::uint32_t runners_;
    std::vector<Contender> contenders_;
};

}  // namespace penstock
