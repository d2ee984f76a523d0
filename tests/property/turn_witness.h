// SPDX-License-Identifier: Apache-2.0
//
// Turn witness: what ranks alone say of who may run, without any account of service. Between equals
// who compete for too few turns it leaves the choice open, and only counts; so it does where the
// executor may move a rank, of which it knows but the bounds.

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
    OwnerId owner{};
    std::int32_t lowest = 0;  // Rank that it may have by now.
    std::int32_t highest = 0;
    bool may_be_barred = false;  // It may have used up its budget, and then takes no part.
    bool suspended = false;
    bool bound = true;  // Has to stand still when it is not its turn: nothing spares it.
};

class TurnWitness {
  public:
    TurnWitness(std::uint32_t runners, std::vector<Contender> contenders)
        : runners_(runners), contenders_(std::move(contenders)) {}

    // Of who need not be a contender.
    [[nodiscard]] Claim claim(const Contender& of) const {
        const auto higher = count([&](const Contender& each) {
            return each.owner != of.owner && !each.may_be_barred && each.lowest > of.highest;
        });
        if (higher >= std::max(runners_, 1U)) {
            return Claim::waits;
        }
        const auto rivals = count([&](const Contender& each) {
            const bool before =
                runners_ == 0 ? each.highest > of.lowest : each.highest >= of.lowest;
            return each.owner != of.owner && before;
        });
        const bool surely = rivals < std::max(runners_, 1U) && !of.may_be_barred;
        return surely ? Claim::runs : Claim::either;
    }

    // Between those that compete, as many run as there are turns; "" when it is so.
    [[nodiscard]] std::string judge_rivals() const {
        const bool rigid = std::ranges::all_of(contenders_, [](const Contender& each) {
            return each.lowest == each.highest && !each.may_be_barred;
        });
        return rigid && runners_ != 0 ? judge_equals() : judge_all();
    }

  private:
    template <typename Predicate>
    [[nodiscard]] std::size_t count(Predicate predicate) const {
        return static_cast<std::size_t>(std::ranges::count_if(contenders_, predicate));
    }

    [[nodiscard]] std::string judge_equals() const {
        for (const Contender& one : contenders_) {
            if (claim(one) != Claim::either) {
                continue;
            }
            const auto is_equal = [&](const Contender& each) { return each.lowest == one.lowest; };
            const std::size_t turns =
                runners_ - count([&](const Contender& each) { return each.lowest > one.lowest; });
            std::string wrong = judge(turns, turns, is_equal);
            if (!wrong.empty()) {
                return wrong;
            }
        }
        return "";
    }

    [[nodiscard]] std::string judge_all() const {
        const std::size_t most = runners_ == 0 ? contenders_.size() : runners_;
        const auto present = count([](const Contender& each) { return !each.may_be_barred; });
        const std::size_t least = std::min<std::size_t>(std::max(runners_, 1U), present);
        return judge(least, most, [](const Contender&) { return true; });
    }

    template <typename Predicate>
    [[nodiscard]] std::string judge(std::size_t least, std::size_t most, Predicate among) const {
        const auto run =
            count([&](const Contender& each) { return among(each) && !each.suspended; });
        const auto run_bound = count(
            [&](const Contender& each) { return among(each) && !each.suspended && each.bound; });
        if (run < least) {
            return "leaves a turn to nobody";
        }
        return run_bound > most ? "lets more run than there are turns" : "";
    }

    std::uint32_t runners_;
    std::vector<Contender> contenders_;
};

}  // namespace penstock
