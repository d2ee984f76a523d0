// SPDX-License-Identifier: Apache-2.0
//
// LaunchLimit: a software queue in front of a hardware queue, as counts of packets.
//
// With a limit, so many packets are in flight at most and the rest waits here, where it can be held
// back: what is in flight when launches are held still runs, which takes limit x the time of one.
// XSched calls it progressive launching.

#pragma once

#include <algorithm>
#include <cstdint>

namespace penstock::workload {

class LaunchLimit {
  public:
    void submitted(std::uint64_t packets) { waiting_ += packets; }

    void launched(std::uint64_t packets) {
        waiting_ -= packets;
        launched_ += packets;
    }

    [[nodiscard]] std::uint64_t waiting() const { return waiting_; }

    // 0 for no limit.
    void limit(std::uint64_t most_in_flight) { limit_ = most_in_flight; }

    [[nodiscard]] bool limited() const { return limit_ != 0; }

    void hold(bool held) { held_ = held; }

    // How many packets may be launched now, given how many the device has completed ever.
    [[nodiscard]] std::uint64_t allowed(std::uint64_t completed) const {
        if (held_) {
            return 0;
        }
        const std::uint64_t in_flight = launched_ - std::min(completed, launched_);
        return limited() ? std::min(waiting_, limit_ - std::min(in_flight, limit_)) : waiting_;
    }

  private:
    std::uint64_t waiting_ = 0;
    std::uint64_t launched_ = 0;
    std::uint64_t limit_ = 0;
    bool held_ = false;
};

}  // namespace penstock::workload
