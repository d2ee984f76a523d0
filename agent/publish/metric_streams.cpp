// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/metric_streams.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "agent/publish/figures.h"
#include "base/one_way.h"
#include "policies/metrics_line.h"

namespace penstock::dbus {
namespace {

// What waits in the kernel, whence no line can be dropped any more.
constexpr int most_bytes_under_way = 64 * 1024;

constexpr std::uint64_t accuracy_usec = 1000;  // 0 would mean sd-event's default of 250 ms.

// That the reader has gone is told in any case.
std::uint32_t events_for(const LineQueue& lines) {
    const std::uint32_t when_it_takes_more = EPOLLOUT;
    return lines.empty() ? 0 : when_it_takes_more;
}

LineQueue::Notice notice_in(StreamFormat format) {
    return format == StreamFormat::protobuf ? &dropped_record : &dropped_line;
}

// What all who are due get, each in his format; a record is made when the first one wants it.
class RoundLine {
  public:
    explicit RoundLine(std::string line)
        : line_(std::make_shared<const std::string>(std::move(line))) {}

    const LineQueue::Line& in(StreamFormat format) {
        if (format == StreamFormat::jsonl) {
            return line_;
        }
        if (!record_) {
            record_ = std::make_shared<const std::string>(metrics_record(*line_));
        }
        return record_;
    }

  private:
    LineQueue::Line line_;
    LineQueue::Line record_{};
};

}  // namespace

Answer<Fd> MetricStreams::open(std::uint32_t uid,
                               std::uint64_t interval_usec,
                               StreamFormat format) {
    const std::uint64_t shortest = usec_of(shortest_interval);
    const std::uint64_t longest = usec_of(longest_interval);
    if (interval_usec < shortest || interval_usec > longest) {
        return refuse(error::invalid_args,
                      fmt::format("{} us is out of range: intervals are {}..{} us",
                                  interval_usec,
                                  shortest,
                                  longest));
    }
    if (Answer<> room = room_for(uid); !room) {
        return std::unexpected(std::move(room).error());
    }
    Result<OneWay> way = make_one_way(most_bytes_under_way);
    if (!way) {
        return refuse(way.error());
    }
    // Not a line at once: who opens and closes without end would have more of them than others.
    const std::chrono::microseconds interval(static_cast<std::int64_t>(interval_usec));
    Stream& stream = streams_.emplace_back(Stream{.all = *this,
                                                  .uid = uid,
                                                  .format = format,
                                                  .interval = interval,
                                                  .due = clock_(),
                                                  .writer = std::move(way->writer),
                                                  .lines = LineQueue(notice_in(format))});
    int result = watch(stream);
    result = result < 0 ? result : arm();
    if (result < 0) {
        streams_.pop_back();
        return refuse(Error{.code = -result, .doing = "watch a stream"});
    }
    return std::move(way->reader);
}

Answer<> MetricStreams::room_for(std::uint32_t uid) const {
    const auto own = std::ranges::count(streams_, uid, &Stream::uid);
    if (streams_.size() >= most || static_cast<std::size_t>(own) >= most_of_a_user) {
        return refuse(
            error::limits_exceeded,
            fmt::format("{} streams are open, {} of them by uid {}: there are at most {}, "
                        "and {} of one user",
                        streams_.size(),
                        own,
                        uid,
                        most,
                        most_of_a_user));
    }
    return {};
}

int MetricStreams::watch(Stream& stream) {
    sd_event_source* raw = nullptr;
    const int result =
        sd_event_add_io(event_, &raw, stream.writer.get(), 0, &MetricStreams::on_ready, &stream);
    stream.watch.reset(raw);
    return result;
}

int MetricStreams::on_ready(sd_event_source* source,
                            int /*fd*/,
                            std::uint32_t events,
                            void* userdata) {
    Stream& stream = *static_cast<Stream*>(userdata);
    const bool gone = (events & (EPOLLHUP | EPOLLERR)) != 0 || !send_what_fits(stream);
    if (gone) {
        stream.all.streams_.remove_if([&](const Stream& each) { return &each == &stream; });
        return 0;
    }
    return sd_event_source_set_io_events(source, events_for(stream.lines));
}

bool MetricStreams::send_what_fits(Stream& stream) {
    while (!stream.lines.empty()) {
        const std::string_view rest = stream.lines.next();
        const ssize_t sent =
            ::send(stream.writer.get(), rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return errno == EAGAIN;
        }
        stream.lines.taken(static_cast<std::size_t>(sent));
    }
    return true;
}

int MetricStreams::on_time(sd_event_source* /*source*/, std::uint64_t /*when*/, void* userdata) {
    static_cast<MetricStreams*>(userdata)->serve();
    return 0;
}

void MetricStreams::serve() {
    const TimePoint now = clock_();
    const auto is_due = [&](const Stream& stream) { return stream.due <= now; };
    if (now >= pause_until_ && std::ranges::any_of(streams_, is_due)) {
        round(now);
        pause_until_ = now + std::max(shortest_pause, (clock_() - now) * part_of_the_time);
    }
    static_cast<void>(arm());  // The timer is there, or nobody would have called.
}

void MetricStreams::round(TimePoint now) {
    RoundLine line(make_line_());
    std::size_t held = 0;
    for (const Stream& each : streams_) {
        held += each.lines.bytes();
    }
    for (auto each = streams_.begin(); each != streams_.end();) {
        if (each->due > now) {
            ++each;
            continue;
        }
        set_next(*each, now);
        held -= each->lines.bytes();
        if (give(*each, line.in(each->format), most_bytes - std::min(held, most_bytes))) {
            held += each->lines.bytes();
            ++each;
        } else {
            each = streams_.erase(each);
        }
    }
}

bool MetricStreams::give(Stream& stream, const LineQueue::Line& line, std::size_t room) {
    if (stream.lines.bytes() + line->size() <= room) {
        stream.lines.push(line);
    } else {
        stream.lines.miss();
    }
    return send_what_fits(stream) &&
           sd_event_source_set_io_events(stream.watch.get(), events_for(stream.lines)) >= 0;
}

// From the time that was due, to keep the pace; after a stop the missed lines are not made up for.
void MetricStreams::set_next(Stream& stream, TimePoint now) {
    stream.due += stream.interval;
    if (stream.due <= now) {
        stream.due = now + stream.interval;
    }
}

int MetricStreams::arm() {
    if (streams_.empty()) {
        return timer_ ? sd_event_source_set_enabled(timer_.get(), SD_EVENT_OFF) : 0;
    }
    const TimePoint first = std::ranges::min_element(streams_, {}, &Stream::due)->due;
    // A microsecond later rather than before it is due.
    const std::uint64_t wait_usec = usec_of(std::max(first, pause_until_) - clock_()) + 1;
    if (timer_) {
        const int result = sd_event_source_set_time_relative(timer_.get(), wait_usec);
        return result < 0 ? result : sd_event_source_set_enabled(timer_.get(), SD_EVENT_ONESHOT);
    }
    sd_event_source* raw = nullptr;
    const int result = sd_event_add_time_relative(
        event_, &raw, CLOCK_MONOTONIC, wait_usec, accuracy_usec, &MetricStreams::on_time, this);
    timer_.reset(raw);
    return result;
}

std::vector<MetricStreams::Standing> MetricStreams::standings() const {
    std::vector<Standing> standings;
    for (const Stream& stream : streams_) {
        standings.push_back({.interval = stream.interval,
                             .waiting_bytes = stream.lines.bytes(),
                             .dropped = stream.lines.dropped()});
    }
    return standings;
}

}  // namespace penstock::dbus
