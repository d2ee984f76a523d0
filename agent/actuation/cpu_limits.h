// SPDX-License-Identifier: Apache-2.0
//
// CPU limits: the door to whatever can hold programs on the processors back. Behind it are resctrl,
// the service manager's quotas, or a test.

#pragma once

#include <string>
#include <string_view>

#include "policies/cpu_throttle.h"

namespace penstock {

class CpuLimits {
  public:
    virtual ~CpuLimits() = default;

    // "resctrl" or "quota", as in CpuThrottle=.
    [[nodiscard]] virtual std::string_view name() const = 0;

    // From now on these units are held back, and no others. Returns at once: what takes longer goes
    // on in turns.
    virtual void hold(const CpuOrder& order) = 0;

    // A little of what is left to do. At every tick.
    virtual void turn(TimePoint now) = 0;

    // How many units are held back by what has been done, not by what is wished.
    [[nodiscard]] virtual std::size_t standing() const = 0;

    // A sentence on why not everybody is held back who should be; "" when all is well.
    [[nodiscard]] virtual std::string trouble() const = 0;
};

}  // namespace penstock
