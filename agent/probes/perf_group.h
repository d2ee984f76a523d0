// SPDX-License-Identifier: Apache-2.0
//
// Perf group: counters of the kernel's perf_event_open(2), opened and read together.

#pragma once

#include <memory>
#include <span>

#include "agent/probes/machine.h"

namespace penstock {

// The failure is perf's: EACCES without CAP_PERFMON, EINVAL for a group that the box has no
// counters for, ENOENT for a type that is not there.
[[nodiscard]] Result<std::unique_ptr<CounterGroup>> open_perf_group(
    std::span<const PerfEvent> events, int cpu);

// Understands what read(2) of a group leader returns: nr, enabled, running and nr pairs of value
// and id, as 64-bit words. An errno of EBADMSG when that is not what `words` hold.
[[nodiscard]] std::expected<GroupCounts, int> counts_of(std::span<const std::uint64_t> words,
                                                        std::size_t events);

}  // namespace penstock
