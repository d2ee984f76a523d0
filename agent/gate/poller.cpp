// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/poller.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace penstock::gate {

Result<Poller> Poller::open() {
    Result<Fd> epoll = owned(::epoll_create1(EPOLL_CLOEXEC), "make an epoll");
    if (!epoll) {
        return std::unexpected(std::move(epoll).error());
    }
    Result<Fd> timer =
        owned(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "make a timer");
    if (!timer) {
        return std::unexpected(std::move(timer).error());
    }
    Poller poller(std::move(*epoll), std::move(*timer));
    poller.watch(poller.timer_.get());
    return poller;
}

void Poller::watch(int fd) {
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.fd = fd;
    // Only kernel memory can run out here, and then the sampling timer still serves the queues.
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &interest);
}

std::span<const int> Poller::wait() {
    alarmed_ = false;
    const int count =
        ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), -1);
    std::size_t ready = 0;
    for (int i = 0; i < count; ++i) {
        const int fd = events_[static_cast<std::size_t>(i)].data.fd;
        if (fd != timer_.get()) {
            ready_[ready++] = fd;
            continue;
        }
        std::uint64_t expirations = 0;
        // Nothing to read means that the alarm was set anew meanwhile.
        alarmed_ = ::read(timer_.get(), &expirations, sizeof(expirations)) > 0;
        alarm_.reset();
    }
    return std::span<const int>(ready_).first(ready);
}

void Poller::set_alarm(std::optional<TimePoint> when) {
    // An alarm that nobody wants any more costs one idle wake-up, less than turning each one off.
    if (!when || when == alarm_) {
        return;
    }
    const std::int64_t ns = std::max<std::int64_t>(to_ns(*when), 1);  // 0 would turn it off.
    itimerspec setting{};
    setting.it_value.tv_sec = ns / 1'000'000'000;
    setting.it_value.tv_nsec = ns % 1'000'000'000;
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &setting, nullptr);
    alarm_ = when;
}

}  // namespace penstock::gate
