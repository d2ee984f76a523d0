// SPDX-License-Identifier: Apache-2.0
//
// Observe only: orders nothing, so every queue runs as the driver shares the device. It is the
// baseline of every comparison, and the choice of an administrator who only wants to look.

#pragma once

#include "policies/policy.h"

namespace penstock {

class ObserveOnly final : public Policy {
  public:
    const Decision& decide(const Snapshot& snapshot) override;

  private:
    Decision decision_;  // Always empty.
};

}  // namespace penstock
