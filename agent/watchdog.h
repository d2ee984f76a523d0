// SPDX-License-Identifier: Apache-2.0
//
// Watchdog: what a program tells systemd, when systemd has started it.
//
// The watchdog is fed by the loop's own progress, never by a timer of its own: a loop that hangs is
// killed, and with it goes every suspension.

#pragma once

#include <optional>
#include <string>

#include "base/units.h"

namespace penstock {

// That it serves from now on, and that it is about to end. Nothing happens without systemd.
void tell_ready(const std::string& status);
void tell_stopping();

class Watchdog {
  public:
    // As WATCHDOG_USEC says; one without a period never needs anything.
    Watchdog();

    // Called with each round of the loop; tells systemd when a quarter of the period has passed.
    void feed(TimePoint now);

    // By when the loop has to come round, though nothing happens.
    [[nodiscard]] std::optional<TimePoint> due() const;

  private:
    std::optional<Duration> half_period_{};
    TimePoint fed_{};
};

}  // namespace penstock
