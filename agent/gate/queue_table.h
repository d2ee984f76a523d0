// SPDX-License-Identifier: Apache-2.0
//
// QueueTable: the queues of one owner, and what the gate last saw of each.

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "policies/gate_wire.h"

namespace penstock::gate {

struct CaredQueue {
    wire::QueueAt at{};
    bool suspended = false;       // At the hardware, by us.
    bool held = false;            // By itself: stays suspended when its owner is resumed.
    TimePoint suspended_since{};  // Meaningful only while suspended.
    bool attended = false;        // Since its owner became idle: armed, or looked at.
    std::optional<std::uint64_t> last_written{};  // At the last look or reported move.
    std::optional<std::uint64_t> resting_at{};    // Both pointers, if the last look found it empty.
};

class QueueTable {
  public:
    [[nodiscard]] std::span<CaredQueue> all() { return queues_; }

    [[nodiscard]] std::span<const CaredQueue> all() const { return queues_; }

    // By number alone: a process' numbers are unique across its devices.
    CaredQueue* find(std::uint32_t number);
    [[nodiscard]] const CaredQueue* find(std::uint32_t number) const;

    // Adds it, or changes what is known about it; a number with another ring is another queue.
    // Nothing when the table is full.
    CaredQueue* put(const wire::QueueAt& queue);

    void remove(std::uint32_t number);

    // Whether we have suspended a queue of this number that is another one.
    [[nodiscard]] bool suspended_another(const wire::QueueAt& queue) const;

    // Makes the table that of the driver's snapshot, and returns the queues that are new in it.
    std::vector<wire::QueueAt> absorb(OwnerId owner,
                                      std::span<const kfd::QueueSnapshotEntry> entries);

  private:
    std::vector<CaredQueue> queues_;  // Sorted by number; at most kfd::max_queues_per_process.
};

[[nodiscard]] QueueType queue_type(std::uint32_t uapi_type);

}  // namespace penstock::gate
