// SPDX-License-Identifier: Apache-2.0
//
// Order pad: what all policies' decisions have in common, so that a policy only says what it is
// about.
//
// It lays out an order for each device that has queues, with a place for each owner of queues
// there, and passes on what operators ask for. The pad is written over each time: its memory is
// kept, so that deciding allocates nothing once the machine is known. Owners and queues are sorted,
// so that one walk along both finds who has queues where; each owner is looked at once.

#pragma once

#include <vector>

#include "policies/decision.h"
#include "policies/snapshot.h"

namespace penstock {

class OrderPad {
  public:
    // What a policy has every device go by; as in DeviceOrder.
    struct Rule {
        Duration settle{std::chrono::milliseconds(1)};
        std::uint32_t runners = 0;
        Precedence precedence = Precedence::latest_start;
    };

    void lay_out(const Snapshot& snapshot, const Rule& rule);

    // Makes the places, and calls write(place, owner, order) for each, devices in order. As it
    // comes, everybody has rank 0, the usual share and no deadline.
    template <typename Write>
    void fill(Write write) {
        for (std::size_t number = 0; number < decision_.orders.size(); ++number) {
            DeviceOrder& order = decision_.orders[number];
            for (const Owner* owner : owners_[number]) {
                write(order.owners.emplace_back(place_of(*owner)), *owner, order);
            }
        }
    }

    [[nodiscard]] std::vector<DeviceOrder>& orders() { return decision_.orders; }

    // Valid until the next lay_out().
    [[nodiscard]] const Decision& decision() const { return decision_; }

  private:
    [[nodiscard]] static RankedOwner place_of(const Owner& owner);
    void begin();
    bool seat_owners(const Snapshot& snapshot);
    std::size_t number_of(GpuId gpu);
    void end();
    void hold_queues(const Snapshot& snapshot);

    // Of each order's places, in the snapshot. There are as many as orders.
    std::vector<std::vector<const Owner*>> owners_;
    Decision decision_;
};

}  // namespace penstock
