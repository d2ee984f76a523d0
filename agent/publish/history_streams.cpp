// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/history_streams.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "base/json_text.h"
#include "base/one_way.h"

namespace penstock::dbus {
namespace {

constexpr int most_bytes_under_way = 64 * 1024;

std::string line_of(const HistoryStart& start) {
    JsonText line;
    line.begin_object();
    line.member("format", history_format);
    line.member("monotonic_usec", start.monotonic_usec);
    line.member("realtime_seconds", start.realtime_seconds);
    line.member("step_usec", start.step_usec);
    line.end_object();
    return std::move(line).take() + '\n';
}

// The members of a point are those of GetHistory.
std::string line_of(const SeriesPiece& piece) {
    JsonText line;
    line.begin_object();
    line.member("series", piece.series);
    line.member("unit", piece.unit);
    line.key("points");
    line.begin_array();
    for (const HourRing::Point& point : piece.points) {
        line.begin_array();
        line.write(usec_of(point));
        line.write(point.spread.least);
        line.write(point.spread.mean);
        line.write(point.spread.most);
        line.end_array();
    }
    line.end_array();
    line.end_object();
    return std::move(line).take() + '\n';
}

template <typename Part>
std::string text_of(const Part& part, StreamFormat format) {
    return format == StreamFormat::protobuf ? history_record(part) : line_of(part);
}

}  // namespace

Answer<Fd> HistoryStreams::open(std::uint32_t uid,
                                const Span& span,
                                const HistoryStart& start,
                                StreamFormat format) {
    if (Answer<> room = room_for(uid); !room) {
        return std::unexpected(std::move(room).error());
    }
    Result<OneWay> way = make_one_way(most_bytes_under_way);
    if (!way) {
        return refuse(way.error());
    }
    Stream& stream = streams_.emplace_back(Stream{.all = *this,
                                                  .uid = uid,
                                                  .format = format,
                                                  .span = span,
                                                  .series = figures_.series(),
                                                  .cursor = span.first,
                                                  .line = text_of(start, format),
                                                  .writer = std::move(way->writer)});
    sd_event_source* raw = nullptr;
    const int result = sd_event_add_io(
        event_, &raw, stream.writer.get(), EPOLLOUT, &HistoryStreams::on_ready, &stream);
    stream.watch.reset(raw);
    if (result < 0) {
        streams_.pop_back();
        return refuse(Error{.code = -result, .doing = "watch a stream"});
    }
    return std::move(way->reader);
}

Answer<> HistoryStreams::room_for(std::uint32_t uid) const {
    const auto own = std::ranges::count(streams_, uid, &Stream::uid);
    if (streams_.size() < most && static_cast<std::size_t>(own) < most_of_a_user) {
        return {};
    }
    return refuse(error::limits_exceeded,
                  fmt::format("{} streams of history are open, {} of them by uid {}: there are at "
                              "most {}, and {} of one user",
                              streams_.size(),
                              own,
                              uid,
                              most,
                              most_of_a_user));
}

int HistoryStreams::on_ready(sd_event_source* /*source*/,
                             int /*fd*/,
                             std::uint32_t events,
                             void* userdata) {
    Stream& stream = *static_cast<Stream*>(userdata);
    const bool gone = (events & (EPOLLHUP | EPOLLERR)) != 0;
    if (gone || !go_on(stream)) {
        stream.all.streams_.remove_if([&](const Stream& each) { return &each == &stream; });
    }
    return 0;
}

// False at the end, and when the reader has gone. At most one line is made.
bool HistoryStreams::go_on(Stream& stream) {
    if (stream.sent == stream.line.size()) {
        stream.line = stream.all.next_line(stream);
        stream.sent = 0;
    }
    if (stream.line.empty()) {
        return false;
    }
    const std::string_view rest = std::string_view(stream.line).substr(stream.sent);
    const ssize_t sent =
        ::send(stream.writer.get(), rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    stream.sent += sent > 0 ? static_cast<std::size_t>(sent) : 0;
    return sent >= 0 || errno == EAGAIN || errno == EINTR;
}

// "" when there is none. Spans in which nothing was known yield no line.
std::string HistoryStreams::next_line(Stream& stream) const {
    const Span& span = stream.span;
    while (stream.place < stream.series.size()) {
        const TrackedFigure& figure = stream.series[stream.place];
        const std::int64_t begin = stream.cursor;
        const bool is_last = (span.end - begin - 1) / span.step < most_points_in_line;
        stream.cursor = is_last ? span.first : begin + (most_points_in_line * span.step);
        stream.place += is_last ? 1 : 0;
        auto points = figures_.points(
            name_of(figure),
            {.first = begin, .end = is_last ? span.end : stream.cursor, .step = span.step});
        if (points && !points->empty()) {
            return text_of(SeriesPiece{.series = name_of(figure),
                                       .unit = words_of(figure).unit,
                                       .points = *std::move(points)},
                           stream.format);
        }
    }
    return "";
}

}  // namespace penstock::dbus
