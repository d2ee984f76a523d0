// SPDX-License-Identifier: Apache-2.0
//
// Lease: what is behind a penstock_lease, and the connections that leases are asked for on.

#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "base/fd.h"
#include "client/libpenstock/agent_bus.h"
#include "client/libpenstock/include/penstock/penstock.h"

namespace penstock::client {

// Connections that wait for the next lease. Any thread may come.
class LeaseBuses {
  public:
    Result<BusHandle> take(const std::string& address);
    void give_back(BusHandle bus);

    // In a child of the process that made them: they stay the parent's.
    void abandon();

  private:
    // One that is still open, if there is any.
    BusHandle idle();

    std::mutex mutex_{};
    std::vector<BusHandle> idle_{};
};

}  // namespace penstock::client

struct penstock_lease {
    explicit penstock_lease(penstock_client& asked_by) : client(asked_by) {}

    penstock_client& client;
    penstock::client::BusHandle bus{};
    penstock::client::BusSlot asked{};  // While an answer about the rate is awaited.
    penstock::Fd held{};
    std::string path{};
    std::mutex mutex{};     // Of the bus and what is asked on it.
    unsigned children = 0;  // When it was granted: later ones hold it as well.
    std::atomic<std::uint64_t> granted{};
    std::atomic<std::int64_t> look_next{};  // In nanoseconds of CLOCK_MONOTONIC.
};
