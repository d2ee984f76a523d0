// SPDX-License-Identifier: Apache-2.0
//
// Lease refusals: what to say to who can not have a lease.

#pragma once

#include "agent/publish/refusal.h"
#include "policies/leases/lease_ledger.h"

namespace penstock::dbus {

// Now, or within the time that he wanted to wait.
[[nodiscard]] Refusal no_room(const LeaseWish& wish, const LeaseLedger& ledger);

// There is a bar: never, or not as long as he has what he has.
[[nodiscard]] Refusal lease_refusal(LeaseBar bar, const LeaseWish& wish, const LeaseLedger& ledger);

}  // namespace penstock::dbus
