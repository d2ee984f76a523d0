// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/byte_window.h"

namespace penstock::emulator {

namespace {

constexpr Duration shortest{std::chrono::milliseconds(10)};
constexpr std::size_t kept = 3;  // The youngest may be younger than the shortest window.

BytesPerSecond rate(std::uint64_t bytes, Duration over) {
    const double seconds = std::chrono::duration<double>(over).count();
    return {static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds)};
}

}  // namespace

void ByteWindow::note(const DeviceCounters& counters, TimePoint now) {
    if (!samples_.empty() && now - samples_.back().when < shortest) {
        return;
    }
    samples_.push_back({now, counters.dram_read_bytes, counters.dram_written_bytes});
    if (samples_.size() > kept) {
        samples_.pop_front();
    }
}

DramRates ByteWindow::rates(const DeviceCounters& counters, TimePoint now) const {
    for (auto sample = samples_.rbegin(); sample != samples_.rend(); ++sample) {
        const Duration over = now - sample->when;
        if (over >= shortest) {
            return {rate(counters.dram_read_bytes - sample->read_bytes, over),
                    rate(counters.dram_written_bytes - sample->written_bytes, over)};
        }
    }
    return {};
}

}  // namespace penstock::emulator
