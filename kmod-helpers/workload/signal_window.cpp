// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/signal_window.h"

namespace penstock::workload {

aql::Signal& SignalWindow::begin(TimePoint arrival) {
    const std::uint64_t slot = begun_.load(std::memory_order_relaxed) % signals_.size();
    arrivals_[slot] = arrival;
    std::atomic_ref(signals_[slot].value).store(1, std::memory_order_release);
    return signals_[slot];
}

std::uint64_t SignalWindow::completed() const {
    std::uint64_t request = reaped_.load(std::memory_order_acquire);
    const std::uint64_t begun = begun_.load(std::memory_order_relaxed);
    while (request < begun &&
           std::atomic_ref(at(request).value).load(std::memory_order_acquire) <= 0) {
        ++request;
    }
    return request;
}

std::optional<TimePoint> SignalWindow::reap() {
    const std::uint64_t oldest = reaped_.load(std::memory_order_relaxed);
    if (oldest == begun_.load(std::memory_order_acquire)) {
        return std::nullopt;
    }
    const std::uint64_t slot = oldest % signals_.size();
    if (std::atomic_ref(signals_[slot].value).load(std::memory_order_acquire) > 0) {
        return std::nullopt;
    }
    const TimePoint arrival = arrivals_[slot];
    reaped_.store(oldest + 1, std::memory_order_release);
    return arrival;
}

}  // namespace penstock::workload
