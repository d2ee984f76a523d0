// SPDX-License-Identifier: Apache-2.0
//
// Real time: the gate's priority, and its end when the gate does not sleep for too long.
//
// Behind busy programs a wake-up would wait for milliseconds, so the gate runs before all of them.
// If it had no pause for `longest_run` it would be they who wait; the kernel sends SIGXCPU then,
// and the gate steps down among the ordinary programs for a while. Only a gate that does not even
// read that signal is killed, after `longest_deaf_run`; the kernel resumes everybody as it dies.

#pragma once

#include <optional>

#include "base/clock.h"
#include "base/result.h"

namespace penstock::gate {

class RealTime {
  public:
    static constexpr Duration longest_run = std::chrono::milliseconds(250);
    static constexpr Duration longest_deaf_run = std::chrono::seconds(2);
    static constexpr Duration rest = std::chrono::seconds(1);  // Among the ordinary programs.

    // Runs at this priority of SCHED_FIFO from now on, 1..99; 0 leaves everything as it is.
    Result<> begin(int priority);

    void step_down(TimePoint now);

    // When step_up() is due; nothing when it is not resting.
    [[nodiscard]] std::optional<TimePoint> over() const { return over_; }

    void step_up();

  private:
    [[nodiscard]] Result<> raise() const;

    int priority_ = 0;
    std::optional<TimePoint> over_{};
};

}  // namespace penstock::gate
