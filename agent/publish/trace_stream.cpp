// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/trace_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace penstock::dbus {
namespace {

// Of a descriptor that is no socket: -1.
int option_of(int socket, int option) {
    int value = -1;
    socklen_t length = sizeof(value);
    return ::getsockopt(socket, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

}  // namespace

TraceStream::~TraceStream() {
    if (trace_) {
        stop(trace_->id);
    }
}

Answer<Fd> TraceStream::own_socket(int out) {
    if (option_of(out, SO_DOMAIN) != AF_UNIX || option_of(out, SO_TYPE) != SOCK_STREAM) {
        return refuse(error::invalid_args,
                      "out_fd is no UNIX stream socket, which alone can be written to without "
                      "waiting; penstockctl trace writes to files");
    }
    Result<Fd> own = owned(::fcntl(out, F_DUPFD_CLOEXEC, 0), "keep a socket");
    return own ? Answer<Fd>(*std::move(own)) : refuse(own.error());
}

Answer<std::uint64_t> TraceStream::start(sd_bus_message* message, int out) {
    if (trace_) {
        return refuse(error::limits_exceeded,
                      fmt::format("trace {} goes on, and there is one at a time", trace_->id));
    }
    Answer<Fd> socket = own_socket(out);
    if (!socket) {
        return std::unexpected(std::move(socket).error());
    }
    Trace& trace = trace_.emplace(Trace{.id = ++last_id_, .socket = *std::move(socket)});
    sd_event_source* raw = nullptr;
    int result = sd_event_add_io(event_, &raw, trace.socket.get(), 0, &TraceStream::on_ready, this);
    trace.watch.reset(raw);
    result = result < 0 ? result : follow(message, trace);
    if (result < 0) {
        trace_.reset();
        return refuse(Error{.code = -result, .doing = "begin a trace"});
    }
    add(trace, TraceEvents::opening());
    return last_id_;
}

// A client without a bus in between is gone when the connection is.
int TraceStream::follow(sd_bus_message* message, Trace& trace) {
    if (sd_bus_message_get_sender(message) == nullptr) {
        return 0;
    }
    sd_bus_track* track = nullptr;
    const int result =
        sd_bus_track_new(sd_bus_message_get_bus(message), &track, &TraceStream::on_gone, this);
    trace.client.reset(track);
    return result < 0 ? result : sd_bus_track_add_sender(track, message);
}

int TraceStream::on_gone(sd_bus_track* /*track*/, void* userdata) {
    auto& self = *static_cast<TraceStream*>(userdata);
    if (self.trace_ && self.trace_->ended) {
        self.trace_.reset();  // Nobody is left who would take the rest.
    } else if (self.trace_) {
        self.stop(self.trace_->id);
    }
    return 1;
}

void TraceStream::stop(std::uint64_t id) {
    if (!trace_ || trace_->id != id || trace_->ended) {
        return;
    }
    // There is always room for the end.
    trace_->waiting += trace_->events.closing(clock_(), trace_->dropped);
    trace_->ended = true;
    watch_if_needed();
}

void TraceStream::acted(const wire::Acted& acted) {
    if (trace_ && !trace_->ended) {
        add(*trace_, trace_->events.of(acted));
    }
}

void TraceStream::look(const Snapshot& seen) {
    if (trace_ && !trace_->ended) {
        add(*trace_, trace_->events.of(seen));
    }
}

void TraceStream::add(Trace& trace, const std::string& events) {
    if (trace.waiting.size() - trace.sent + events.size() > most_bytes) {
        trace.dropped += static_cast<std::uint64_t>(std::ranges::count(events, '\n'));
    } else {
        trace.waiting += events;
    }
    watch_if_needed();
}

// False when the trace is over.
bool TraceStream::send_what_fits(Trace& trace) {
    while (trace.sent < trace.waiting.size()) {
        const std::string_view rest = std::string_view(trace.waiting).substr(trace.sent);
        const ssize_t sent =
            ::send(trace.socket.get(), rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return errno == EAGAIN;
        }
        trace.sent += static_cast<std::size_t>(sent);
    }
    trace.waiting.clear();
    trace.sent = 0;
    return !trace.ended;
}

// Sends what the socket takes, and asks to be told when it takes the rest.
void TraceStream::watch_if_needed() {
    if (!trace_) {
        return;
    }
    if (!send_what_fits(*trace_)) {
        trace_.reset();
        return;
    }
    const std::uint32_t when_it_takes_more = EPOLLOUT;
    sd_event_source_set_io_events(trace_->watch.get(),
                                  trace_->waiting.empty() ? 0 : when_it_takes_more);
}

int TraceStream::on_ready(sd_event_source* /*source*/,
                          int /*fd*/,
                          std::uint32_t events,
                          void* userdata) {
    auto& self = *static_cast<TraceStream*>(userdata);
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
        self.trace_.reset();
        return 0;
    }
    self.watch_if_needed();
    return 0;
}

}  // namespace penstock::dbus
