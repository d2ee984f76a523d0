// SPDX-License-Identifier: Apache-2.0
//
// Energy split: into whose work the machine's energy went.
//
// Every quarter of a second each device's new energy is divided among its owners by the time that
// their work was on its engines; where nobody measures that, by the time for which their queues had
// packets and were not suspended. The processors' energy is divided by processor time. The share of
// the time in which nobody worked is nobody's: it counts as unattributed.

#pragma once

#include <vector>

#include "agent/state/energy_pool.h"

namespace penstock {

class EnergySplit {
  public:
    // After the measurements of this tick have been written; adds to each owner's energy.
    void absorb(const QuantityBook& book, Snapshot& snapshot);

  private:
    // Where something stood when the last interval ended.
    struct Mark {
        Place place{};
        GpuId gpu{};  // 0 for what is not of one device.
        double total = 0;

        [[nodiscard]] auto key() const { return std::pair(place, gpu); }
    };

    // An owner's work on one device since the last interval ended, in seconds.
    struct Work {
        std::size_t owner = 0;  // Its index in the snapshot.
        double seconds = 0;
    };

    void watch_queues(const Snapshot& snapshot);
    static double advance(std::vector<Mark>& marks, const Place& place, GpuId gpu, double total);
    void split_device(const QuantityBook& book, Snapshot& snapshot, const Device& device);
    void split_processors(const QuantityBook& book, Snapshot& snapshot);
    bool gather_engine_time(const QuantityBook& book, const Snapshot& snapshot, GpuId gpu);
    void gather_queue_time(const Snapshot& snapshot, GpuId gpu);
    void give(Snapshot& snapshot, double joules, double capacity, const Origin& how);
    void forget_the_gone(const Snapshot& snapshot);

    // All sorted by key.
    std::vector<Mark> marks_;
    std::vector<Mark> queue_time_;   // Seconds with packets and not suspended, by owner and device.
    std::vector<Mark> queue_marks_;  // What it was when the last interval ended.
    std::vector<Work> work_;
    double unattributed_ = 0;
    TimePoint begun_{};  // Of the interval; the epoch before the first one.
    TimePoint seen_{};
    double interval_ = 0;  // Seconds.
};

}  // namespace penstock
