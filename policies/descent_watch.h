// SPDX-License-Identifier: Apache-2.0
//
// Descent watch: on which level of a feedback queue an owner is.
//
// It begins at the top and falls a level whenever it has been served what the level allows, twice
// as much on each as on the one above. All rise again from time to time. New work begins at the top
// if there was none for as long as the owner had been served: a pause that is shorter earns
// nothing.

#pragma once

#include <cstdint>

#include "policies/decision.h"

namespace penstock {

class DescentWatch {
  public:
    void begin(TimePoint now, Duration served);

    void end(TimePoint now) { ended_ = now; }

    void look(const Descent& rule, TimePoint now, Duration served);

    // Steps below the top: 0 is the top.
    [[nodiscard]] std::uint8_t level() const { return level_; }

    // How soon to look again, though nothing happens, where `sharers` run at once.
    [[nodiscard]] Duration next_look(const Descent& rule, TimePoint now, std::size_t sharers) const;

  private:
    TimePoint ended_{};
    Duration from_{};         // What it had been served when it was at the top.
    std::int64_t risen_ = 0;  // The number of the rise that it has seen.
    Duration until_fall_{};   // Service.
    std::uint8_t level_ = 0;
};

}  // namespace penstock
