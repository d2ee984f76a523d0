// SPDX-License-Identifier: Apache-2.0
//
// Hold witness: the part of a witness that watches the holds of single queues.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "policies/action.h"

namespace penstock {

class HoldWitness {
  public:
    void follow(const std::vector<HeldQueue>& places);
    void gone(OwnerId owner);
    void failed(const Action& action, TimePoint now);

    // What is wrong with the action, or "".
    [[nodiscard]] std::string judge(const Action& action, TimePoint now);

    // What is wrong once all actions have been judged, or "".
    [[nodiscard]] std::string standing(TimePoint now) const;

    [[nodiscard]] bool suspended(OwnerId owner, std::uint32_t queue) const;
    [[nodiscard]] bool any() const;

  private:
    struct Account {
        TimePoint until{};  // The epoch when no order names it.
        bool suspended = false;
        std::optional<TimePoint> suspend_failed{};
    };

    std::map<std::pair<OwnerId, std::uint32_t>, Account> accounts_;
};

}  // namespace penstock
