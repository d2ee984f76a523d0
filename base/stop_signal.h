// SPDX-License-Identifier: Apache-2.0
//
// StopSignal: SIGTERM and SIGINT as something one can wait for beside the clock.

#pragma once

#include <csignal>

#include "base/units.h"

namespace penstock {

class StopSignal {
  public:
    // Blocks both signals; made before any thread starts, so that all threads inherit that.
    StopSignal();

    // Returns at `when` with false, or earlier with true once a signal came. A past `when` polls.
    bool wait_until(TimePoint when);

  private:
    sigset_t signals_{};
    bool came_ = false;
};

}  // namespace penstock
