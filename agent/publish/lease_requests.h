// SPDX-License-Identifier: Apache-2.0
//
// Lease requests: what clients may ask about leases of bandwidth.

#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "agent/publish/caller.h"
#include "agent/publish/lease_codec.h"
#include "agent/publish/lease_object.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// Bytes per second: more than any memory moves.
inline constexpr std::uint64_t highest_rate = 1'000'000'000'000'000;
inline constexpr Duration longest_lease_wait{std::chrono::seconds(60)};

// lease, bytes_per_second, used_bytes, owner_uid, resource, who
using LeaseRow =
    std::tuple<ObjectPath, std::uint64_t, std::uint64_t, std::uint32_t, std::string, std::string>;

// Answered by the lease desk, perhaps later. Refused at once is what makes no sense.
Answer<> acquire_lease(ManagerObject& manager,
                       const Caller& caller,
                       const std::string& resource,
                       const ObjectPath& target,
                       std::uint64_t rate,
                       const LeaseOptions& options);

Answer<std::vector<LeaseRow>> list_leases(ManagerObject& manager, const Caller& caller);

// Refused to other users than the lease's own.
Answer<> release_lease(LeaseObject& lease, const Caller& caller);

std::uint32_t lease_count(const ManagerObject& manager);

// What a call of AcquireLease asks for beyond the part of the bandwidth that its user may have
// without anybody's consent, as a sentence; "" when it does not, or can not be carried out at all.
[[nodiscard]] std::string beyond_budget(sd_bus_message* message,
                                        const Surface& surface,
                                        std::uint32_t uid);

}  // namespace penstock::dbus
