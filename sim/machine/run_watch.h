// SPDX-License-Identifier: Apache-2.0
//
// Run watch: told who runs on which device, for whoever draws it.

#pragma once

#include <cstdint>

#include "base/units.h"

namespace penstock::sim {

// Processes are numbered as the scenario has them: those of the first job first.
class RunWatch {
  public:
    virtual ~RunWatch() = default;

    // It runs from now on, or no more. Told at changes only.
    virtual void runs(std::uint32_t process, bool is_running, TimePoint now) = 0;

    // An order to suspend it, or to resume it, takes effect.
    virtual void ordered(std::uint32_t process, bool suspends, TimePoint now) = 0;

    // Whether it wants to be told of anything more.
    [[nodiscard]] virtual bool follows() const = 0;
};

}  // namespace penstock::sim
