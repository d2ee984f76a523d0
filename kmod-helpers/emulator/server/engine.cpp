// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/engine.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/pidfd.h"

namespace penstock::emulator {

namespace {

// What an epoll event is about: one of these two, or a process id.
constexpr std::uint64_t about_alarm = 1ULL << 32;
constexpr std::uint64_t about_stop = 2ULL << 32;

bool add(const Fd& poll, const Fd& file, std::uint64_t about, std::uint32_t how) {
    epoll_event event{};
    event.events = EPOLLIN | how;
    event.data.u64 = about;
    return ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, file.get(), &event) == 0;
}

timespec to_timespec(std::int64_t ns) {
    constexpr std::int64_t ns_per_second = 1000000000;
    timespec time{};
    time.tv_sec = ns / ns_per_second;
    time.tv_nsec = ns % ns_per_second;
    return time;
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::make() {
    Result<Fd> poll = owned(::epoll_create1(EPOLL_CLOEXEC), "make an epoll");
    Result<Fd> timer =
        owned(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "make a timer");
    Result<Fd> stopped = owned(::eventfd(0, EFD_CLOEXEC), "make an eventfd");
    for (const Result<Fd>* const made : {&poll, &timer, &stopped}) {
        if (!*made) {
            return std::unexpected(made->error());
        }
    }
    if (!add(*poll, *timer, about_alarm, 0) || !add(*poll, *stopped, about_stop, 0)) {
        return fail(errno, "watch a timer");
    }
    return std::unique_ptr<Engine>(
        new Engine(std::move(*poll), std::move(*timer), std::move(*stopped)));
}

void Engine::set_alarm(TimePoint when) {
    if (when == armed_) {
        return;
    }
    armed_ = when;
    itimerspec setting{};  // All zero disarms it.
    if (when != TimePoint::max()) {
        setting.it_value = to_timespec(std::max<std::int64_t>(to_ns(when), 1));
    }
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &setting, nullptr);
}

bool Engine::watch(std::uint32_t tgid) {
    Result<Fd> process = open_pidfd(static_cast<pid_t>(tgid));
    // Once only: the file stays readable until the death was dealt with.
    if (!process || !add(poll_, *process, tgid, EPOLLONESHOT)) {
        return false;
    }
    processes_[tgid] = std::move(*process);
    return true;
}

void Engine::run(const Callbacks& callbacks) {
    std::array<epoll_event, 16> events{};
    for (;;) {
        const int ready =
            ::epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()), -1);
        for (int at = 0; at < ready; ++at) {
            const std::uint64_t about = events.at(static_cast<std::size_t>(at)).data.u64;
            if (about == about_stop) {
                return;
            }
            if (about == about_alarm) {
                std::uint64_t rings = 0;
                static_cast<void>(::read(timer_.get(), &rings, sizeof(rings)));
                callbacks.alarm();
            } else {
                callbacks.death(static_cast<std::uint32_t>(about));
            }
        }
    }
}

void Engine::stop() {
    const std::uint64_t one = 1;
    static_cast<void>(::write(stopped_.get(), &one, sizeof(one)));
}

}  // namespace penstock::emulator
