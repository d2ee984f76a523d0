// SPDX-License-Identifier: Apache-2.0
//
// Waiting line: in which order those who wait for a pool are looked at, and whom others may not
// overtake any more.
//
// Better classes go first, and within a class whoever came first. Who does not fit yet lets others
// pass, so that little wishes do not wait behind a large one; but not for ever.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policies/leases/lease.h"

namespace penstock {

inline constexpr std::uint32_t most_bypasses = 8;
inline constexpr Duration longest_bypassing{std::chrono::milliseconds(20)};

// Indices into `all` of those who wait for the pool and may be granted now, in their order. Behind
// one that has been bypassed for long enough, only critical ones that came later are left.
[[nodiscard]] std::vector<std::size_t> waiting_line(std::span<const Lease> all,
                                                    const LeasePool& pool,
                                                    TimePoint now);

// One who waited has been granted: those who came earlier and still wait were bypassed. False when
// there are none.
bool note_bypasses(std::span<Lease> all, const Lease& granted, TimePoint now);

}  // namespace penstock
