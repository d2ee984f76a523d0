// SPDX-License-Identifier: Apache-2.0

#include "agent/state/throttle_book.h"

#include <cerrno>

#include "agent/state/sorted.h"
#include "policies/lookup.h"

namespace penstock {

void ThrottleBook::absorb(std::vector<MemoryNode>& nodes, TimePoint now) {
    for (MemoryNode& node : nodes) {
        Watched* watched = find_sorted(watches_, node.number, &Watched::node);
        if (watched == nullptr) {
            insert_sorted(watches_, Watched{.node = node.number}, &Watched::node);
            watched = find_sorted(watches_, node.number, &Watched::node);
        }
        watched->watch.look(use_of(node), now, node.throttle);
    }
}

std::optional<NodeUse> use_of(const MemoryNode& node) {
    const Sample<BytesPerSecond>& total = node.total;
    const Sample<BytesPerSecond>& peak = node.peak;
    if (total.value && total.confidence == Confidence::counter && peak.value &&
        peak.value->value > 0) {
        return NodeUse{.share = static_cast<double>(total.value->value) /
                                static_cast<double>(peak.value->value),
                       .taken = total.taken,
                       .confidence = total.confidence};
    }
    if (node.pressure.value) {
        return NodeUse{.share = *node.pressure.value,
                       .taken = node.pressure.taken,
                       .confidence = node.pressure.confidence};
    }
    return std::nullopt;
}

Result<> aim(std::vector<MemoryNode>& nodes, std::uint32_t node, double target) {
    // What is no number is out of range, too.
    const bool in_range = target >= Throttle::least_target && target <= Throttle::most_target;
    if (!in_range) {
        return fail(ERANGE, "aim at a utilization that is not from 0.1 to 0.9");
    }
    MemoryNode* found = find_sorted(nodes, node, &MemoryNode::number);
    if (found == nullptr) {
        return fail("there is no memory node " + std::to_string(node));
    }
    found->throttle.target = target;
    return {};
}

}  // namespace penstock
