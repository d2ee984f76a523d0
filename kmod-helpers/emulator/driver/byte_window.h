// SPDX-License-Identifier: Apache-2.0
//
// Byte window: turns a device's DRAM counters, which only rise, into the mean rates over the last
// 10 to 20 ms, which is what a driver's metrics show.

#pragma once

#include <deque>

#include "base/units.h"
#include "kmod-helpers/emulator/device.h"

namespace penstock::emulator {

struct DramRates {
    BytesPerSecond read{};
    BytesPerSecond written{};
};

class ByteWindow {
  public:
    // To be called often while the device works; keeps one sample per 10 ms.
    void note(const DeviceCounters& counters, TimePoint now);

    [[nodiscard]] DramRates rates(const DeviceCounters& counters, TimePoint now) const;

  private:
    struct Sample {
        TimePoint when{};
        std::uint64_t read_bytes = 0;
        std::uint64_t written_bytes = 0;
    };

    std::deque<Sample> samples_;  // Oldest first, at most `kept`.
};

}  // namespace penstock::emulator
