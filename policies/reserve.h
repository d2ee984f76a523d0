// SPDX-License-Identifier: Apache-2.0
//
// Reserve: an owner with a deadline runs in the gaps that higher priorities leave, and takes from
// them only what it lacks to be done in time.
//
// Without deadlines it is fixed priority. With one that the gaps are enough for, too: nobody is
// disturbed. Otherwise the owner steals whole quanta, as rarely as its deadline allows
// (steal_watch.h); what it needs is the cost that it declares, or that of its past work. A display
// of 25 frames a second beside speech recognition is the case that it was made for: fixed priority
// loses the speech, and a shared device, a fifth of the frames.

#pragma once

#include "policies/order_pad.h"
#include "policies/policy.h"

namespace penstock {

class Reserve final : public Policy {
  public:
    struct Settings {
        Duration settle{std::chrono::milliseconds(1)};
        Duration quantum{std::chrono::milliseconds(4)};
        Duration guard{std::chrono::milliseconds(100)};  // It is to be done so long before.
    };

    explicit Reserve(Settings settings) : settings_(settings) {}

    const Decision& decide(const Snapshot& snapshot) override;

  private:
    Settings settings_;
    OrderPad pad_;
};

}  // namespace penstock
