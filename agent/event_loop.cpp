// SPDX-License-Identifier: Apache-2.0

#include "agent/event_loop.h"

#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): pthread_sigmask() is not in <csignal>.
#include <sys/epoll.h>

#include <ctime>

#include "base/fd.h"

namespace penstock {
namespace {

constexpr std::uint64_t accuracy_us = 1;  // 0 would mean sd-event's default of 250 ms.

int call(void* userdata) {
    (*static_cast<EventSource::Callback*>(userdata))();
    return 0;
}

int io_ready(sd_event_source* /*source*/, int /*fd*/, std::uint32_t /*events*/, void* userdata) {
    return call(userdata);
}

int time_reached(sd_event_source* /*source*/, std::uint64_t /*us*/, void* userdata) {
    return call(userdata);
}

std::uint64_t to_us(TimePoint when) {
    return static_cast<std::uint64_t>(
        std::chrono::ceil<std::chrono::microseconds>(when.time_since_epoch()).count());
}

}  // namespace

void EventSource::arm(TimePoint when) {
    sd_event_source_set_time(source_.get(), to_us(when));
    sd_event_source_set_enabled(source_.get(), SD_EVENT_ONESHOT);
}

Result<EventLoop> EventLoop::open() {
    sd_event* event = nullptr;
    if (const int result = sd_event_new(&event); result < 0) {
        return fail(-result, "make the event loop");
    }
    return EventLoop(event);
}

Result<EventSource> EventLoop::on_readable(int fd, EventSource::Callback callback) {
    Result<Fd> own = owned(::fcntl(fd, F_DUPFD_CLOEXEC, 0), "watch a descriptor");
    if (!own) {
        return std::unexpected(std::move(own).error());
    }
    auto kept = std::make_unique<EventSource::Callback>(std::move(callback));
    sd_event_source* source = nullptr;
    if (const int result =
            sd_event_add_io(event_.get(), &source, own->get(), EPOLLIN, io_ready, kept.get());
        result < 0) {
        return fail(-result, "watch a descriptor");
    }
    sd_event_source_set_io_fd_own(source, 1);
    static_cast<void>(own->release());
    return EventSource(source, std::move(kept));
}

Result<EventSource> EventLoop::on_time(EventSource::Callback callback) {
    auto kept = std::make_unique<EventSource::Callback>(std::move(callback));
    sd_event_source* source = nullptr;
    if (const int result = sd_event_add_time(event_.get(),
                                             &source,
                                             CLOCK_MONOTONIC,
                                             UINT64_MAX,
                                             accuracy_us,
                                             time_reached,
                                             kept.get());
        result < 0) {
        return fail(-result, "make a timer");
    }
    sd_event_source_set_priority(source, SD_EVENT_PRIORITY_NORMAL - 1);
    return EventSource(source, std::move(kept));
}

Result<> EventLoop::leave_on_signals() {
    sigset_t ends{};
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    for (const int signal : {SIGTERM, SIGINT}) {
        // Without a handler sd-event leaves the loop.
        if (const int result = sd_event_add_signal(event_.get(), nullptr, signal, nullptr, nullptr);
            result < 0) {
            return fail(-result, "watch signals");
        }
    }
    return {};
}

Result<> EventLoop::run() {
    if (const int result = sd_event_loop(event_.get()); result < 0) {
        return fail(-result, "run the event loop");
    }
    return {};
}

void EventLoop::leave() {
    sd_event_exit(event_.get(), 0);
}

}  // namespace penstock
