// SPDX-License-Identifier: Apache-2.0
//
// PolicyFaults: tells the bus and the journal that a policy decided what no policy may.
//
// A policy with a bug decides a hundred times a second. The same fault is told once in a while, and
// even faults that differ each time are bounded.

#pragma once

#include <systemd/sd-bus.h>

#include <string>

#include "agent/publish/signal_budget.h"
#include "policies/policy_fault.h"

namespace penstock::dbus {

class PolicyFaults {
  public:
    static constexpr Duration apart{std::chrono::seconds(10)};

    // The bus outlives it.
    explicit PolicyFaults(sd_bus* bus) : bus_(bus) {}

    void report(const std::string& policy, const PolicyFault& fault, const Snapshot& seen);

    [[nodiscard]] std::uint64_t dropped() const { return budget_.dropped(); }

  private:
    [[nodiscard]] bool is_news(const std::string& policy,
                               const PolicyFault& fault,
                               TimePoint now) const;

    sd_bus* bus_;
    SignalBudget budget_{};
    std::string last_policy_{};
    PolicyFault last_{};
    TimePoint silent_until_{};
};

}  // namespace penstock::dbus
