// SPDX-License-Identifier: Apache-2.0
//
// Steal watch: when an owner with a deadline has to take device time from higher ranks.
//
// It runs in the gaps that they leave, and the watch keeps an average of how much that is. While
// that is too little to be done in time, credit grows by what is missing; a whole quantum of it is
// taken at once, so that stealing costs few changes of turn. Once nothing but all the time that is
// left would do, it runs until it is done.

#pragma once

#include <cstdint>
#include <optional>

#include "policies/decision.h"

namespace penstock {

class StealWatch {
  public:
    // How the owner stands; everything is of the time in between as well.
    struct Sight {
        TimePoint now{};
        TimePoint due{};     // Its deadline.
        Duration served{};   // All device time that it has ever had.
        Duration left{};     // Device time that it still needs.
        bool alone = false;  // It runs, and nobody else.
    };

    // It has work from now on.
    void begin(TimePoint now, Duration served);

    void look(const Steal& rule, const Sight& sight);

    // Whether it runs before everybody of a lower rank than the rule's.
    [[nodiscard]] bool steals() const { return until_done_ || stolen_until_.has_value(); }

    // How soon to look again, though nothing happens, where `sharers` run at once.
    [[nodiscard]] Duration next_look(const Steal& rule, std::size_t sharers) const;

  private:
    static constexpr std::int64_t whole = 1'000'000;

    void gain(const Steal& rule, const Sight& sight);
    void take(const Steal& rule, const Sight& sight);

    TimePoint looked_{};
    Duration served_{};          // As of then.
    std::int64_t gaps_ = whole;  // Millionths of the time that it has had without stealing.
    std::int64_t missing_ = 0;   // Millionths of the time that it has to steal.
    Duration credit_{};          // To be stolen.
    bool until_done_ = false;    // There is no time left to wait.
    std::optional<Duration> stolen_until_{};  // Steals until it has been served so much.
};

}  // namespace penstock
