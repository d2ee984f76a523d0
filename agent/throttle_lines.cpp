// SPDX-License-Identifier: Apache-2.0

#include "agent/throttle_lines.h"

#include <fmt/format.h>

#include <array>

#include "agent/state/sorted.h"
#include "base/journal.h"
#include "policies/throttle_names.h"

namespace penstock {

void ThrottleLines::note(const Snapshot& seen) {
    for (const MemoryNode& node : seen.memory) {
        Told* told = find_sorted(told_, node.number, &Told::node);
        if (told == nullptr) {
            insert_sorted(told_, Told{.node = node.number}, &Told::node);
            told = find_sorted(told_, node.number, &Told::node);
        }
        if (node.throttle.level != told->level && seen.now - told->when >= apart) {
            tell(node, *told);
            told->when = seen.now;
        }
    }
}

void ThrottleLines::tell(const MemoryNode& node, Told& told) {
    const Throttle& throttle = node.throttle;
    const std::string use = throttle.utilization ? fmt::format("{:.2f} of what it can move is used",
                                                               *throttle.utilization)
                                                 : "its use is not measured any more";
    const std::array fields{
        JournalField{.name = "PENSTOCK_NODE", .value = std::to_string(node.number)},
        JournalField{.name = "PENSTOCK_THROTTLE", .value = std::string(name_of(throttle.level))}};
    journal(Severity::info,
            fmt::format("memory node {} is at throttle level {} after {}: {}",
                        node.number,
                        name_of(throttle.level),
                        name_of(told.level),
                        use),
            events::throttle_changed,
            fields);
    told.level = throttle.level;
}

}  // namespace penstock
