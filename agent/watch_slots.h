// SPDX-License-Identifier: Apache-2.0
//
// WatchSlots: one watch slot per queue, kept for PointerWatch as one list per process.

#pragma once

#include <map>
#include <vector>

#include "agent/probes/queues/pointer_watch.h"
#include "agent/queue_tracker.h"

namespace penstock {

class WatchSlots final : public PointerSlots {
  public:
    explicit WatchSlots(PointerWatch& watch) : watch_(watch) {}

    std::uint32_t watch(OwnerId owner,
                        int pidfd,
                        std::uint32_t pid,
                        std::uint64_t write_address) override;
    void unwatch(OwnerId owner, std::uint32_t slot) override;
    void unwatch_all(OwnerId owner) override;

  private:
    struct Watched {
        int pidfd = -1;  // The tracker's; open until unwatch_all() has returned.
        std::uint32_t pid = 0;
        std::vector<PointerWatch::Pointer> pointers{};
    };

    PointerWatch& watch_;
    std::map<OwnerId, Watched> owners_{};
};

}  // namespace penstock
