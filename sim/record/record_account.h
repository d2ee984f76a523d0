// SPDX-License-Identifier: Apache-2.0
//
// Record account: what a record of decisions shows of each owner and device: who had work, who was
// suspended by whom and why, and what that cost and gave.
//
// Suspensions are as the gate reported them, to the microsecond. Work is as the pointers were
// sampled, ten times a second.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "agent/decisions/decision_reader.h"

namespace penstock::sim {

// Why somebody was suspended, and whose submission led to it (nobody's: 0).
struct Grounds {
    Reason reason{};
    OwnerId cause{};
    auto operator<=>(const Grounds&) const = default;
};

struct Suspensions {
    std::uint64_t times = 0;
    Duration total{};
    Duration longest{};
    TimePoint longest_since{};
};

struct OwnerAccount {
    std::uint32_t pid = 0;
    std::string command{};
    Duration seen{};       // It was there.
    Duration had_work{};   // Of that, on some device.
    Duration suspended{};  // Summed over devices, as what follows.
    std::map<Grounds, Suspensions> suspensions{};
    std::uint64_t holds = 0;     // Of single queues, by an operator.
    std::uint64_t failures = 0;  // Of suspending or resuming it.
    Duration suspending{};       // Time that the driver took for it, where the gate waits for that.
    Duration resuming{};
    Duration gained{};  // Somebody was suspended for it.
};

struct DeviceAccount {
    std::string name{};
    bool emulated = false;
    Duration seen{};
    Duration one_works{};      // One owner of the order had work.
    Duration several_work{};   // More than one had.
    Duration anybody_waits{};  // Somebody with work was suspended.
    Duration all_wait{};       // Everybody who had work was: the device was kept idle.
    std::uint64_t suspends = 0;
    Duration suspending{};
    Duration resuming{};
    double busy_sum = 0;  // Of the device's own counter, weighed with seconds.
    double busy_seconds = 0;
};

struct RecordAccount {
    std::string policies{};
    std::uint64_t ticks = 0;
    Duration span{};
    std::string end{};  // As the record says why there is no more.
    std::map<OwnerId, OwnerAccount> owners{};
    std::map<GpuId, DeviceAccount> devices{};
};

// What was found before a failure is in `into`.
Result<> account_for(decisions::DecisionReader& record, RecordAccount& into);

[[nodiscard]] std::string report_text(const RecordAccount& account);
[[nodiscard]] std::string report_json(const RecordAccount& account);

}  // namespace penstock::sim
