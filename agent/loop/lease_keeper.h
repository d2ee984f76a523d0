// SPDX-License-Identifier: Apache-2.0
//
// Lease keeper: the door through which leases outlive the agent. The agent puts the service
// manager and a file behind it, a test a list.

#pragma once

#include <string>

#include "base/fd.h"
#include "policies/leases/lease_names.h"

namespace penstock {

// What another agent needs to know of a lease to go on with it.
struct KeptLease {
    std::uint32_t number = 0;
    LeaseResource resource = LeaseResource::dram;
    LeaseWish wish{};
    std::uint64_t promise = 0;
    std::string who{};  // Made printable, as the next one.
    std::string why{};
};

class LeaseKeeper {
  public:
    virtual ~LeaseKeeper() = default;

    // The descriptor hangs up when the holder has let go. It stays the caller's. What can not be
    // kept ends with the agent.
    virtual void keep(const KeptLease& lease, const Fd& descriptor) = 0;
    virtual void forget(std::uint32_t number) = 0;
};

}  // namespace penstock
