// SPDX-License-Identifier: Apache-2.0
//
// Running kernel: the work left of one launched dispatch, and the traffic it has caused so far.
//
// What the dispatch claims about itself is a client's word: its length and its traffic are bounded.

#pragma once

#include "base/units.h"
#include "kmod-helpers/emulator/device/processor_sharing.h"
#include "kmod-helpers/emulator/synthetic_kernel.h"

namespace penstock::emulator {

// Longer kernels are cut: a wrong unit must not stop a queue for good.
inline constexpr Duration longest_kernel = std::chrono::seconds(10);

// No dispatch is faster on hardware, and a shorter one would let a client keep us busy for nothing.
inline constexpr Duration shortest_kernel = std::chrono::microseconds(1);

// More than any memory moves (16 TB/s): keeps the counters from wrapping within decades.
inline constexpr std::uint64_t most_bytes_per_ns = 16384;

struct Traffic {
    std::uint64_t read_bytes = 0;
    std::uint64_t written_bytes = 0;

    Traffic& operator+=(const Traffic& other);
};

class RunningKernel {
  public:
    RunningKernel(const SyntheticKernel& claimed, std::uint64_t completion_signal, TimePoint start);

    // Never below zero: the caller asks time_left() first.
    void progress(Rate rate, Duration elapsed);

    // Until it finishes at this rate, rounded up; the rate is not zero.
    [[nodiscard]] Duration time_left(Rate rate) const;

    [[nodiscard]] bool finished() const { return work_left_ == 0; }

    // In proportion to the progress; only rises.
    [[nodiscard]] Traffic moved() const;

    [[nodiscard]] bool moves_memory() const {
        return traffic_.read_bytes + traffic_.written_bytes > 0;
    }

    // What it asks of the memory when it has that part of the device.
    [[nodiscard]] double bytes_per_second(Rate part) const;

    [[nodiscard]] std::uint64_t completion_signal() const { return completion_signal_; }

    [[nodiscard]] TimePoint start() const { return start_; }

  private:
    std::int64_t work_;       // Nanoseconds alone on the device, times whole_device.
    std::int64_t work_left_;  // Likewise.
    Traffic traffic_;
    std::uint64_t completion_signal_;
    TimePoint start_;
};

}  // namespace penstock::emulator
