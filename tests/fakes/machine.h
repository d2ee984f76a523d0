// SPDX-License-Identifier: Apache-2.0
//
// Machine: builds snapshots for tests in few words.
//
//     const Snapshot seen = Machine().owner(1, {.priority = 5}).queue(1).owner(2).queue(2).at(3ms);

#pragma once

#include <algorithm>
#include <string>

#include "policies/snapshot.h"

namespace penstock::fakes {

inline constexpr GpuId first_gpu{.value = 0x1001};
inline constexpr GpuId second_gpu{.value = 0x1002};

class Machine {
  public:
    struct OwnerTraits {
        std::int32_t priority = 0;
        PreemptionLevel level = PreemptionLevel::debug_suspend;
        std::optional<TimePoint> held_until{};
        bool preemptible = true;
    };

    // Its pid is 1000 and its id, so that the two are never mixed up unnoticed.
    Machine& owner(std::uint64_t id, OwnerTraits traits) {
        snapshot_.owners.push_back({.id = OwnerId{id},
                                    .pid = static_cast<std::uint32_t>(1000 + id),
                                    .command = "program-" + std::to_string(id),
                                    .priority = traits.priority,
                                    .preemptible = traits.preemptible,
                                    .level = traits.level,
                                    .held_until = traits.held_until});
        std::ranges::sort(snapshot_.owners, {}, &Owner::id);
        return *this;
    }

    Machine& owner(std::uint64_t id) { return owner(id, OwnerTraits{}); }

    // The owner's next queue on the device; its tenure there comes with it.
    Machine& queue(std::uint64_t owner_id, GpuId gpu = first_gpu) {
        const auto number = static_cast<std::uint32_t>(snapshot_.queues.size() + 1);
        snapshot_.queues.push_back(
            {.key = {.owner = OwnerId{owner_id}, .gpu = gpu, .number = number},
             .type = QueueType::compute_aql});
        std::ranges::sort(snapshot_.queues, {}, &Queue::key);
        for (Owner& owner : snapshot_.owners) {
            if (owner.id.value == owner_id &&
                std::ranges::find(owner.tenures, gpu, &Tenure::gpu) == owner.tenures.end()) {
                owner.tenures.push_back({.gpu = gpu});
            }
        }
        return *this;
    }

    // The queue that was added last is held by itself.
    Machine& held(TimePoint until) {
        const auto newest = std::ranges::max_element(
            snapshot_.queues, {}, [](const Queue& queue) { return queue.key.number; });
        newest->held_until = until;
        return *this;
    }

    Machine& preemption(bool enabled) {
        snapshot_.preemption_enabled = enabled;
        return *this;
    }

    [[nodiscard]] Snapshot at(Duration since_start) const {
        Snapshot snapshot = snapshot_;
        snapshot.now = TimePoint(since_start);
        return snapshot;
    }

  private:
    Snapshot snapshot_;
};

}  // namespace penstock::fakes
