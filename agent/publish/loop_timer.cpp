// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/loop_timer.h"

#include <ctime>

#include "agent/publish/figures.h"

namespace penstock::dbus {
namespace {

constexpr std::uint64_t accuracy_usec = 1000;  // 0 would mean sd-event's default of 250 ms.

}  // namespace

int LoopTimer::arm(Duration wait) {
    // A microsecond later rather than before it is due.
    const std::uint64_t wait_usec = usec_of(wait) + 1;
    if (source_) {
        const int result = sd_event_source_set_time_relative(source_.get(), wait_usec);
        return result < 0 ? result : sd_event_source_set_enabled(source_.get(), SD_EVENT_ONESHOT);
    }
    sd_event_source* raw = nullptr;
    const int result = sd_event_add_time_relative(
        event_, &raw, CLOCK_MONOTONIC, wait_usec, accuracy_usec, &LoopTimer::on_time, this);
    source_.reset(raw);
    return result;
}

void LoopTimer::stop() {
    if (source_) {
        sd_event_source_set_enabled(source_.get(), SD_EVENT_OFF);
    }
}

int LoopTimer::on_time(sd_event_source* /*source*/, std::uint64_t /*when*/, void* userdata) {
    static_cast<LoopTimer*>(userdata)->due_();
    return 0;
}

}  // namespace penstock::dbus
