// SPDX-License-Identifier: Apache-2.0
//
// Budget watch: what is left of an owner's budget of device time.
//
// It fills evenly, by the amount in each period, and holds no more than the amount. Once it is
// spent the owner waits until a quarter is there again, so that it does not come and go by the
// microsecond.

#pragma once

#include "policies/decision.h"

namespace penstock {

class BudgetWatch {
  public:
    // All device time that the owner has ever had.
    void look(const Budget& rule, TimePoint now, Duration served);

    // It has something left.
    [[nodiscard]] bool open() const { return open_; }

    // How soon to look again, though nothing happens.
    [[nodiscard]] Duration next_look(const Budget& rule) const;

  private:
    TimePoint looked_{};
    Duration served_{};  // As of then.
    Duration left_{};    // Below 0 when more was had than there was.
    bool open_ = false;
};

}  // namespace penstock
