// SPDX-License-Identifier: Apache-2.0

#include "policies/single_queues.h"

#include "policies/level_names.h"
#include "policies/lookup.h"

namespace penstock {
namespace {

std::string why_not(const Owner& owner, const Queue& queue) {
    if (!owner.preemptible) {
        return "its process is exempt from preemption (Preemptible is false)";
    }
    if (!can_preempt(owner.level)) {
        return owner.level_reason.empty() ? "no way to suspend its process is known yet"
                                          : owner.level_reason;
    }
    if (!takes_single_queues(owner.level)) {
        return "its process stands on the rung " + std::string(name_of(owner.level)) +
               ", which acts on all queues of a device; " +
               std::string(name_of(PreemptionLevel::debug_suspend)) + " and " +
               std::string(name_of(PreemptionLevel::vendor_ioctl)) +
               " take single queues, and Preempt holds the whole process";
    }
    return can_be_suspended(queue.type) ? "" : "only compute queues can be suspended";
}

}  // namespace

std::string why_not_held(const Owner& owner, const Queue& queue) {
    const std::string reason = why_not(owner, queue);
    if (reason.empty()) {
        return "";
    }
    return "queue " + std::to_string(queue.key.number) + " of process " +
           std::to_string(owner.pid) + " can not be held by itself: " + reason;
}

}  // namespace penstock
