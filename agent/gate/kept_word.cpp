// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/kept_word.h"

#include <algorithm>

namespace penstock::gate {

void KeptWord::suspended(GpuId gpu, std::span<const std::uint32_t> queues) {
    if (!look_) {
        return;
    }
    claims_.reserve(claims_.size() + queues.size());
    for (const std::uint32_t queue : queues) {
        if (std::ranges::find(claims_, queue, &Claim::queue) == claims_.end()) {
            claims_.push_back({.gpu = gpu, .queue = queue});
        }
    }
    due_.reset();
    gap_ = first_gap;
}

void KeptWord::resumed(GpuId gpu) {
    std::erase_if(claims_, [gpu](const Claim& claim) { return claim.gpu == gpu; });
    if (claims_.empty()) {
        due_.reset();
    }
}

std::optional<std::uint32_t> KeptWord::broken_by(TimePoint now) {
    if (claims_.empty() || (due_ && now < *due_)) {
        return std::nullopt;
    }
    const bool confirmed_just_now = !due_;
    due_ = now + gap_;
    if (confirmed_just_now) {
        return std::nullopt;
    }
    gap_ = std::min(2 * gap_, longest_gap);
    for (Claim& claim : claims_) {
        if (!stands_still(claim)) {
            return claim.queue;
        }
    }
    return std::nullopt;
}

bool KeptWord::stands_still(Claim& claim) const {
    const std::optional<Pointers> pointers = look_(claim.queue);
    if (!pointers) {
        return true;
    }
    const std::uint64_t now_at = proof_ == Proof::nothing_read ? pointers->read : pointers->written;
    // Only forward: a queue that was destroyed and created again begins at 0.
    const bool still = !claim.stood_at || now_at <= *claim.stood_at;
    claim.stood_at = now_at;
    return still;
}

}  // namespace penstock::gate
