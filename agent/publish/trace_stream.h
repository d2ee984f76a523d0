// SPDX-License-Identifier: Apache-2.0
//
// TraceStream: writes what happens on the machine to a socket that a client has handed in, while it
// happens. One trace at a time.
//
// Nothing waits for the reader: what he does not take is kept up to a bound, and events beyond it
// are dropped and counted. What was written is whole events, so that the end can always be put
// behind them. It takes a socket because of nothing else can be said that writing will not wait:
// whoever has a pipe or a file can make it block after we have looked.

#pragma once

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "agent/publish/connection.h"
#include "agent/publish/refusal.h"
#include "agent/publish/trace_events.h"
#include "base/fd.h"

namespace penstock::dbus {

class TraceStream {
  public:
    static constexpr std::size_t most_bytes = std::size_t{1024} * 1024;

    using Clock = TimePoint (*)();

    // The event loop outlives it.
    TraceStream(sd_event* event, Clock clock) : event_(event), clock_(clock) {}

    // Puts the end behind what was written, as far as the reader takes it at once.
    ~TraceStream();
    TraceStream(const TraceStream&) = delete;
    TraceStream& operator=(const TraceStream&) = delete;
    TraceStream(TraceStream&&) = delete;
    TraceStream& operator=(TraceStream&&) = delete;

    // The number of the trace. It ends with stop(), and when the sender of the message leaves the
    // bus or the other end of the socket is closed. Refused while there is one, and what is no
    // socket.
    Answer<std::uint64_t> start(sd_bus_message* message, int out);

    // What waits still goes out when the reader takes it. Nothing where there is no such trace.
    void stop(std::uint64_t id);

    void acted(const wire::Acted& acted);
    void look(const Snapshot& seen);

    [[nodiscard]] bool is_on() const { return trace_.has_value(); }

  private:
    using Source = std::unique_ptr<sd_event_source, Releases<&sd_event_source_disable_unref>>;
    using Track = std::unique_ptr<sd_bus_track, Releases<&sd_bus_track_unref>>;

    struct Trace {
        std::uint64_t id = 0;
        Fd socket{};
        TraceEvents events{};
        std::string waiting{};
        std::size_t sent = 0;  // Of what waits.
        std::uint64_t dropped = 0;
        bool ended = false;  // Its end is among what waits.
        Track client{};
        Source watch{};
    };

    static Answer<Fd> own_socket(int out);
    [[nodiscard]] int follow(sd_bus_message* message, Trace& trace);
    void add(Trace& trace, const std::string& events);
    [[nodiscard]] static bool send_what_fits(Trace& trace);
    void watch_if_needed();
    static int on_ready(sd_event_source* source, int fd, std::uint32_t events, void* userdata);
    static int on_gone(sd_bus_track* track, void* userdata);

    sd_event* event_;
    Clock clock_;
    std::uint64_t last_id_ = 0;
    std::optional<Trace> trace_{};
};

}  // namespace penstock::dbus
