// SPDX-License-Identifier: Apache-2.0
//
// Witness: watches what an order executor is told and what it does, and objects when the two do not
// fit. It keeps its own, naive account of who is busy, so that it can not share a mistake.

#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policies/order_executor.h"
#include "tests/property/hold_witness.h"
#include "tests/property/turn_witness.h"

namespace penstock {

class Witness {
  public:
    void follow(const DeviceOrder& order, TimePoint now);
    void has_work(OwnerId owner);
    void drained(OwnerId owner, TimePoint now);

    void gone(OwnerId owner) {
        accounts_.erase(owner);
        holds_.gone(owner);
    }

    // Called with what act() returned, before failures are reported. Complaints pile up.
    void acted(std::span<const Action> actions, TimePoint now);
    void failed(const Action& action, TimePoint now);

    [[nodiscard]] bool suspended(OwnerId owner) const;

    [[nodiscard]] bool holds(OwnerId owner, std::uint32_t queue) const {
        return holds_.suspended(owner, queue);
    }

    [[nodiscard]] bool anyone_suspended() const;

    // Everything that was not as promised, one sentence a line; "" when all was well.
    [[nodiscard]] const std::string& complaints() const { return complaints_; }

  private:
    struct Account {
        RankedOwner place{};
        bool named = false;
        bool busy = false;
        bool suspended = false;
        std::optional<TimePoint> empty_since{};
        TimePoint suspended_since{};
        TimePoint window_end{};
        std::optional<TimePoint> suspend_failed{};  // Under its present place.
    };

    // The bound on suspensions: what is left of it, in time, and those by rank since it changed.
    struct Purse {
        Duration interval{};
        std::uint32_t burst = 1;
        Duration credit{std::chrono::hours(1)};
        TimePoint counted_until{};
        std::vector<TimePoint> by_rank{};
    };

    void settle(TimePoint now);
    void check_action(const Action& action, TimePoint now);
    void check_hold(const Action& action, TimePoint now);
    void check_suspend(const Action& action, TimePoint now);
    void check_resume(const Action& action, TimePoint now);
    void check_standing(OwnerId owner, const Account& account, TimePoint now);
    void fill_purse(TimePoint now);
    void pay(const Action& action, const RankedOwner& place, TimePoint now);
    void check_rate(OwnerId owner, TimePoint now);
    [[nodiscard]] TurnWitness turns(TimePoint now) const;
    [[nodiscard]] bool is_spared(const Account& account, TimePoint now) const;
    [[nodiscard]] Claim claim(const Account& account, TimePoint now) const;
    void object(OwnerId owner, TimePoint now, const std::string& sentence);

    DeviceOrder order_{};
    Purse purse_{};
    std::map<OwnerId, Account> accounts_;
    HoldWitness holds_;
    std::string complaints_;
};

}  // namespace penstock
