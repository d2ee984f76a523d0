// SPDX-License-Identifier: Apache-2.0
//
// Shared memory: the bus that all devices of a machine share, who may move how much on it, and what
// its counters show.
//
// Nothing happens here by itself: after each event the demand of what runs now decides how fast it
// goes on. Where the scenario has leases, each process holds one of what it can use, in the ledger
// that the agent has; it keeps to what it is granted, as the client library would.

#pragma once

#include <vector>

#include "agent/state/readings.h"
#include "policies/leases/lease_ledger.h"
#include "sim/machine/memory_token.h"
#include "sim/machine/workload.h"

namespace penstock::sim {

class SharedMemory {
  public:
    // Without `controlled` the scenario's control is not in force. All of it outlives this.
    SharedMemory(const Scenario& scenario,
                 std::vector<Accelerator>& accelerators,
                 const Workload& workload,
                 bool controlled);

    // After everything that may have changed who runs.
    void settle(TimePoint now);

    // Once for each tick: the leases are granted anew as well.
    void report_to(Readings& readings, TimePoint now);

  private:
    [[nodiscard]] std::uint64_t rate_of(std::uint32_t process) const;
    [[nodiscard]] double moved_by(std::uint32_t process) const;
    void pace(std::uint32_t process, std::int64_t pace, TimePoint now);
    void pass_token(TimePoint now);
    void enter_leases(TimePoint now);
    void grant(TimePoint now);

    const Scenario& scenario_;
    std::vector<Accelerator>& accelerators_;
    const Workload& workload_;
    MemoryControl control_;
    std::int64_t speed_ = full_bus_speed;
    MemoryToken token_{};
    LeaseLedger ledger_{};
    std::vector<LeaseId> leases_{};  // By process; those without traffic have none.
    std::vector<double> moved_{};    // As of the last tick, in bytes.
    TimePoint granted_at_{};
};

}  // namespace penstock::sim
