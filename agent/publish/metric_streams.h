// SPDX-License-Identifier: Apache-2.0
//
// Metric streams: descriptors from which clients read a line of metrics per interval, or a record
// in its place.
//
// Nobody waits for a reader: what he does not take is kept up to a bound, then dropped and counted.
// All streams have one timer. Those that are due get the same line, which is made for them
// together: so many readers cost little more than one.

#pragma once

#include <systemd/sd-event.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "agent/publish/connection.h"
#include "agent/publish/line_queue.h"
#include "agent/publish/records.h"
#include "agent/publish/refusal.h"
#include "base/fd.h"
#include "base/units.h"

namespace penstock::dbus {

class MetricStreams {
  public:
    static constexpr std::size_t most = 128;
    static constexpr std::size_t most_of_a_user = 8;
    static constexpr Duration shortest_interval{std::chrono::milliseconds(100)};
    static constexpr Duration longest_interval{std::chrono::hours(1)};

    // What the queues of all hold together, where lines are longer than a queue otherwise is.
    static constexpr std::size_t most_bytes = std::size_t{64} * 1024 * 1024;

    // Between the beginnings of two rounds of lines. And whoever chooses the intervals, and however
    // long the lines are, rounds take no more than a tenth of the time.
    static constexpr Duration shortest_pause{std::chrono::milliseconds(10)};
    static constexpr int part_of_the_time = 10;

    using Clock = TimePoint (*)();
    using MakeLine = std::function<std::string()>;  // Of JSON, with the end of the line.

    // The event loop outlives it.
    MetricStreams(sd_event* event, Clock clock, MakeLine make_line)
        : event_(event), clock_(clock), make_line_(std::move(make_line)) {}

    ~MetricStreams() = default;
    MetricStreams(const MetricStreams&) = delete;
    MetricStreams& operator=(const MetricStreams&) = delete;
    MetricStreams(MetricStreams&&) = delete;
    MetricStreams& operator=(MetricStreams&&) = delete;

    // The end to read from; its first line comes at once. The stream ends when the last copy of it
    // is closed. Refused is an interval out of range, and one stream too many.
    Answer<Fd> open(std::uint32_t uid,
                    std::uint64_t interval_usec,
                    StreamFormat format = StreamFormat::jsonl);

    // Gives a line to each stream that is due. The timer calls it.
    void serve();

    struct Standing {
        Duration interval{};
        std::size_t waiting_bytes = 0;
        std::uint64_t dropped = 0;  // Lines.
    };

    // The oldest first.
    [[nodiscard]] std::vector<Standing> standings() const;

  private:
    using Source = std::unique_ptr<sd_event_source, Releases<&sd_event_source_disable_unref>>;

    struct Stream {
        MetricStreams& all;
        std::uint32_t uid = 0;
        StreamFormat format{};
        Duration interval{};
        TimePoint due{};
        Fd writer{};
        LineQueue lines;
        Source watch{};
    };

    [[nodiscard]] Answer<> room_for(std::uint32_t uid) const;
    [[nodiscard]] int watch(Stream& stream);
    void round(TimePoint now);
    static void set_next(Stream& stream, TimePoint now);
    [[nodiscard]] int arm();

    // False when the reader has gone. `room` is what the stream may hold at most.
    static bool give(Stream& stream, const LineQueue::Line& line, std::size_t room);
    static bool send_what_fits(Stream& stream);
    static int on_ready(sd_event_source* source, int fd, std::uint32_t events, void* userdata);
    static int on_time(sd_event_source* source, std::uint64_t when, void* userdata);

    sd_event* event_;
    Clock clock_;
    MakeLine make_line_;
    std::list<Stream> streams_{};  // Their addresses are their watches' userdata.
    TimePoint pause_until_{};
    Source timer_{};
};

}  // namespace penstock::dbus
