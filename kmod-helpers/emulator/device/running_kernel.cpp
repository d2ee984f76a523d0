// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/running_kernel.h"

#include <algorithm>

namespace penstock::emulator {
namespace {

std::uint64_t bounded_ns(const SyntheticKernel& claimed) {
    return std::clamp(claimed.duration_ns,
                      static_cast<std::uint64_t>(shortest_kernel.count()),
                      static_cast<std::uint64_t>(longest_kernel.count()));
}

Traffic bounded_traffic(const SyntheticKernel& claimed) {
    const std::uint64_t most = bounded_ns(claimed) * most_bytes_per_ns;
    return {.read_bytes = std::min(claimed.dram_read_bytes, most),
            .written_bytes = std::min(claimed.dram_written_bytes, most)};
}

}  // namespace

Traffic& Traffic::operator+=(const Traffic& other) {
    read_bytes += other.read_bytes;
    written_bytes += other.written_bytes;
    return *this;
}

RunningKernel::RunningKernel(const SyntheticKernel& claimed,
                             std::uint64_t completion_signal,
                             TimePoint start)
    : work_(static_cast<std::int64_t>(bounded_ns(claimed)) * whole_device),
      work_left_(work_),
      traffic_(bounded_traffic(claimed)),
      completion_signal_(completion_signal),
      start_(start) {}

void RunningKernel::progress(Rate rate, Duration elapsed) {
    work_left_ = std::max<std::int64_t>(0, work_left_ - (rate * elapsed.count()));
}

Duration RunningKernel::time_left(Rate rate) const {
    return Duration((work_left_ / rate) + (work_left_ % rate == 0 ? 0 : 1));
}

double RunningKernel::bytes_per_second(Rate part) const {
    constexpr double ns_per_s = 1e9;
    const auto bytes = static_cast<double>(traffic_.read_bytes + traffic_.written_bytes);
    return bytes * static_cast<double>(part) / static_cast<double>(work_) * ns_per_s;
}

Traffic RunningKernel::moved() const {
    // Bounded traffic is below 2^53, where a double still counts every byte.
    const double done = static_cast<double>(work_ - work_left_) / static_cast<double>(work_);
    const auto part = [done](std::uint64_t bytes) {
        return static_cast<std::uint64_t>(static_cast<double>(bytes) * done);
    };
    return {.read_bytes = part(traffic_.read_bytes), .written_bytes = part(traffic_.written_bytes)};
}

}  // namespace penstock::emulator
