// SPDX-License-Identifier: Apache-2.0
//
// Order pad: what all policies' decisions have in common, so that a policy only says what it is
// about.
//
// It lays out an order for each device that has queues, with a place for each owner of queues
// there, and passes on what operators ask for. The pad is written over each time: its memory is
// kept, so that deciding allocates nothing once the machine is known.

#pragma once

#include <vector>

#include "policies/decision.h"
#include "policies/snapshot.h"

namespace penstock {

class OrderPad {
  public:
    // Everybody has rank 0, the usual share and no deadline.
    void lay_out(const Snapshot& snapshot);

    // Calls write(place, owner, order) for each place, devices in order.
    template <typename Write>
    void fill(Write write) {
        for (std::size_t number = 0; number < decision_.orders.size(); ++number) {
            DeviceOrder& order = decision_.orders[number];
            for (std::size_t seat = 0; seat < order.owners.size(); ++seat) {
                write(order.owners[seat], *owners_[number][seat], order);
            }
        }
    }

    [[nodiscard]] std::vector<DeviceOrder>& orders() { return decision_.orders; }

    // Valid until the next lay_out().
    [[nodiscard]] const Decision& decision() const { return decision_; }

  private:
    // Who has queues where.
    struct Presence {
        GpuId gpu{};
        OwnerId owner{};
        auto operator<=>(const Presence&) const = default;
    };

    void find_presences(const std::vector<Queue>& queues);
    DeviceOrder& order_for(GpuId gpu, std::size_t number);
    void hold_queues(const Snapshot& snapshot);

    std::vector<Presence> presences_;                // Each once, by device and then by owner.
    std::vector<std::vector<const Owner*>> owners_;  // Of each order's places, in the snapshot.
    Decision decision_;
};

}  // namespace penstock
