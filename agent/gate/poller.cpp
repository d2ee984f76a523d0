// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/poller.h"

#include <algorithm>

#include "base/clock.h"

namespace penstock::gate {
namespace {

timespec from_now(TimePoint when) {
    const Duration left = std::max(when - monotonic_now(), Duration::zero());
    constexpr std::int64_t second = 1'000'000'000;
    return {.tv_sec = left.count() / second, .tv_nsec = left.count() % second};
}

}  // namespace

Result<Poller> Poller::open() {
    Result<Fd> epoll = owned(::epoll_create1(EPOLL_CLOEXEC), "make an epoll");
    if (!epoll) {
        return std::unexpected(std::move(epoll).error());
    }
    return Poller(std::move(*epoll));
}

void Poller::watch(int fd) {
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.fd = fd;
    // Only kernel memory can run out here, and then the sampling alarm still serves the queues.
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &interest);
}

std::span<const int> Poller::wait() {
    const timespec left = alarm_ ? from_now(*alarm_) : timespec{};
    // Not a timerfd: the alarm moves with nearly every event, and setting and reading one would
    // triple the system calls of a wake-up.
    const int count = ::epoll_pwait2(epoll_.get(),
                                     events_.data(),
                                     static_cast<int>(events_.size()),
                                     alarm_ ? &left : nullptr,
                                     nullptr);
    std::size_t ready = 0;
    for (int i = 0; i < count; ++i) {
        ready_[ready++] = events_[static_cast<std::size_t>(i)].data.fd;
    }
    alarmed_ = alarm_ && monotonic_now() >= *alarm_;
    if (alarmed_) {
        alarm_.reset();
    }
    return std::span<const int>(ready_).first(ready);
}

}  // namespace penstock::gate
