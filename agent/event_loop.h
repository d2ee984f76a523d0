// SPDX-License-Identifier: Apache-2.0
//
// EventLoop: sd-event behind types that clean up after themselves. One thread; callbacks run one
// after the other.

#pragma once

#include <systemd/sd-event.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "base/units.h"

namespace penstock {

// A registration: the callback is called no more once this is gone.
class EventSource {
  public:
    using Callback = std::function<void()>;

    EventSource() = default;

    EventSource(sd_event_source* source, std::unique_ptr<Callback> callback)
        : source_(source), callback_(std::move(callback)) {}

    // Timers only: the next call, at an absolute time.
    void arm(TimePoint when);

    [[nodiscard]] explicit operator bool() const { return source_ != nullptr; }

  private:
    struct Unref {
        void operator()(sd_event_source* source) const { sd_event_source_disable_unref(source); }
    };

    std::unique_ptr<sd_event_source, Unref> source_;
    std::unique_ptr<Callback> callback_;  // Its address is the source's userdata.
};

class EventLoop {
  public:
    static Result<EventLoop> open();

    [[nodiscard]] sd_event* get() const { return event_.get(); }

    // Calls back as long as the descriptor is readable or hung up. It is duplicated: the caller may
    // close its own first. A callback must not end its own registration.
    Result<EventSource> on_readable(int fd, EventSource::Callback callback);

    // A timer on CLOCK_MONOTONIC, without slack; silent until armed. When it is due, it goes before
    // whatever else is: who arms it has to leave time for that.
    Result<EventSource> on_time(EventSource::Callback callback);

    // SIGTERM and SIGINT end run().
    Result<> leave_on_signals();

    // Until leave() or a signal.
    Result<> run();

    void leave();

  private:
    struct Unref {
        void operator()(sd_event* event) const { sd_event_unref(event); }
    };

    explicit EventLoop(sd_event* event) : event_(event) {}

    std::unique_ptr<sd_event, Unref> event_;
};

}  // namespace penstock
