// SPDX-License-Identifier: Apache-2.0

#include "agent/watchdog.h"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace penstock {

void tell_ready(const std::string& status) {
    sd_notify(0, ("READY=1\nSTATUS=" + status).c_str());
}

void tell_stopping() {
    sd_notify(0, "STOPPING=1");
}

Watchdog::Watchdog() {
    std::uint64_t period_usec = 0;
    if (sd_watchdog_enabled(0, &period_usec) > 0) {
        half_period_ = std::chrono::microseconds(static_cast<std::int64_t>(period_usec / 2));
    }
}

void Watchdog::feed(TimePoint now) {
    if (half_period_ && now - fed_ >= *half_period_ / 2) {
        fed_ = now;
        sd_notify(0, "WATCHDOG=1");
    }
}

std::optional<TimePoint> Watchdog::due() const {
    return half_period_ ? std::optional(fed_ + *half_period_) : std::nullopt;
}

}  // namespace penstock
