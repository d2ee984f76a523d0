// SPDX-License-Identifier: Apache-2.0
//
// LoopTimer: calls back once, when its time has come, from the event loop.

#pragma once

#include <systemd/sd-event.h>

#include <functional>
#include <memory>

#include "agent/publish/connection.h"
#include "base/units.h"

namespace penstock::dbus {

class LoopTimer {
  public:
    // The event loop outlives it.
    LoopTimer(sd_event* event, std::function<void()> due) : event_(event), due_(std::move(due)) {}

    ~LoopTimer() = default;
    // Its address is the source's userdata.
    LoopTimer(const LoopTimer&) = delete;
    LoopTimer& operator=(const LoopTimer&) = delete;
    LoopTimer(LoopTimer&&) = delete;
    LoopTimer& operator=(LoopTimer&&) = delete;

    // After this time, in the place of what was asked for before. Negative errno when that fails.
    [[nodiscard]] int arm(Duration wait);

    void stop();

  private:
    static int on_time(sd_event_source* source, std::uint64_t when, void* userdata);

    sd_event* event_;
    std::function<void()> due_;
    std::unique_ptr<sd_event_source, Releases<&sd_event_source_disable_unref>> source_{};
};

}  // namespace penstock::dbus
