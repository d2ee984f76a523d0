// SPDX-License-Identifier: Apache-2.0
//
// SignalWindow: the requests of one queue that are in flight, each with the completion signal of
// its last packet. One thread submits, another may reap; requests complete in order, as packets of
// one queue with the barrier bit do.

#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/units.h"
#include "kmod-helpers/abi/aql.h"

namespace penstock::workload {

class SignalWindow {
  public:
    // `signals` stays the caller's and is where the device decrements.
    explicit SignalWindow(std::span<aql::Signal> signals)
        : signals_(signals), arrivals_(signals.size()) {}

    [[nodiscard]] bool full() const { return in_flight() == signals_.size(); }

    [[nodiscard]] std::uint64_t in_flight() const { return begun_.load() - reaped_.load(); }

    // Arms the next signal and returns it; only when not full.
    aql::Signal& begin(TimePoint arrival);

    // Makes what begin() armed visible to reap(). Called once its packets are in the ring.
    void submitted() { begun_.fetch_add(1, std::memory_order_release); }

    // The signal of a request in flight, by its number since the beginning.
    [[nodiscard]] aql::Signal& at(std::uint64_t request) const {
        return signals_[request % signals_.size()];
    }

    // Requests that are complete, reaped or not. Only for the thread that submits.
    [[nodiscard]] std::uint64_t completed() const;

    // The arrival of the oldest request, if it is complete; each is told once.
    std::optional<TimePoint> reap();

  private:
    std::span<aql::Signal> signals_;
    std::vector<TimePoint> arrivals_;
    std::atomic<std::uint64_t> begun_{0};
    std::atomic<std::uint64_t> reaped_{0};
};

}  // namespace penstock::workload
