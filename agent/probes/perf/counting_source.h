// SPDX-License-Identifier: Apache-2.0
//
// Counting source: perf counters of one kind, in all boxes of the machine.
//
// A group of counters is opened for each box on each processor of its cpumask, and read at once. A
// group that the kernel refuses is opened event by event; these may then take turns, and state
// scales what they counted. The kernel makes every count 64 bits wide as long as it is read before
// the counter wraps, which the shortest does in 8 s.

#pragma once

#include <memory>

#include "agent/probes/perf/counter_kind.h"
#include "agent/probes/source_catalogue.h"

namespace penstock {

// A group has a descriptor for each event, and reading it interrupts a processor: more than this
// would be worse than not to know.
inline constexpr std::size_t most_groups = 1024;

// The kind outlives the source. `period` is that of counters that cost nothing to read.
[[nodiscard]] std::unique_ptr<Source> make_counting_source(const CounterKind& kind,
                                                           Duration period);

// As the catalogue wants it.
template <const CounterKind& kind>
[[nodiscard]] std::unique_ptr<Source> make_counting(const SourceSettings& settings) {
    return make_counting_source(kind, settings.period);
}

}  // namespace penstock
