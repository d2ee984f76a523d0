// SPDX-License-Identifier: Apache-2.0
//
// History streams: descriptors from which clients read all that is kept of the last hour.
//
// Nobody waits for a reader, and the lines of a whole hour are never made at once: each is made
// when the one before has been taken, and is short enough that a tick waits for no more than one.

#pragma once

#include <systemd/sd-event.h>

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "agent/publish/connection.h"
#include "agent/publish/records.h"
#include "agent/publish/refusal.h"
#include "agent/state/history.h"
#include "base/fd.h"

namespace penstock::dbus {

class HistoryStreams {
  public:
    static constexpr std::size_t most = 64;
    static constexpr std::size_t most_of_a_user = 2;
    static constexpr std::int64_t most_points_in_line = 600;

    // Both outlive it.
    HistoryStreams(sd_event* event, const History& figures) : event_(event), figures_(figures) {}

    ~HistoryStreams() = default;
    HistoryStreams(const HistoryStreams&) = delete;
    HistoryStreams& operator=(const HistoryStreams&) = delete;
    HistoryStreams(HistoryStreams&&) = delete;
    HistoryStreams& operator=(HistoryStreams&&) = delete;

    // Seconds of the clock; all of them are there.
    struct Span {
        std::int64_t first = 0;
        std::int64_t end = 0;
        std::int64_t step = 1;
    };

    // The end to read from: the start, then the lines of each series, or records. It is at its end
    // after the last one. Refused is one stream too many.
    Answer<Fd> open(std::uint32_t uid,
                    const Span& span,
                    const HistoryStart& start,
                    StreamFormat format);

    [[nodiscard]] std::size_t size() const { return streams_.size(); }

  private:
    using Source = std::unique_ptr<sd_event_source, Releases<&sd_event_source_disable_unref>>;

    struct Stream {
        HistoryStreams& all;
        std::uint32_t uid = 0;
        StreamFormat format{};
        Span span{};
        std::vector<TrackedFigure> series{};
        std::size_t place = 0;    // Of the series whose turn it is.
        std::int64_t cursor = 0;  // Where its next line begins.
        std::string line{};
        std::size_t sent = 0;  // Of the line.
        Fd writer{};
        Source watch{};
    };

    [[nodiscard]] Answer<> room_for(std::uint32_t uid) const;
    [[nodiscard]] std::string next_line(Stream& stream) const;
    static int on_ready(sd_event_source* source, int fd, std::uint32_t events, void* userdata);
    static bool go_on(Stream& stream);

    sd_event* event_;
    const History& figures_;
    std::list<Stream> streams_{};  // Their addresses are their watches' userdata.
};

}  // namespace penstock::dbus
