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

epoll_event readable(std::uint64_t about, std::uint32_t how) {
    epoll_event event{};
    event.events = EPOLLIN | how;
    event.data.u64 = about;
    return event;
}

bool add(const Fd& poll, const Fd& file, std::uint64_t about, std::uint32_t how) {
    epoll_event event = readable(about, how);
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
    Result<ProcessMemory> memory = ProcessMemory::of(tgid);
    // Once only: the file stays readable until the death was dealt with.
    if (!process || !memory || !add(poll_, *process, tgid, EPOLLONESHOT)) {
        return false;
    }
    processes_.insert_or_assign(
        tgid, Watched{.process = std::move(*process), .memory = std::move(*memory)});
    return true;
}

bool Engine::has_same_memory(std::uint32_t tgid) {
    const auto watched = processes_.find(tgid);
    return watched != processes_.end() && watched->second.memory.in_use();
}

bool Engine::confirm_death(std::uint32_t tgid) {
    const auto watched = processes_.find(tgid);
    if (watched == processes_.end()) {
        return false;
    }
    const Fd& process = watched->second.process;
    if (!is_alive(process)) {
        return true;
    }
    // It was an earlier process of this number, or an older kernel took an execve(2)
    // by another than the first thread for an end.
    epoll_event event = readable(tgid, EPOLLONESHOT);
    ::epoll_ctl(poll_.get(), EPOLL_CTL_MOD, process.get(), &event);
    return false;
}

bool Engine::tell(std::uint64_t about, const Callbacks& callbacks) const {
    if (about == about_alarm) {
        std::uint64_t rings = 0;
        static_cast<void>(::read(timer_.get(), &rings, sizeof(rings)));
        callbacks.alarm();
    } else if (about != about_stop) {
        callbacks.death(static_cast<std::uint32_t>(about));
    }
    return about != about_stop;
}

void Engine::run(const Callbacks& callbacks) {
    std::array<epoll_event, 16> events{};
    bool goes_on = true;
    while (goes_on) {
        const int ready =
            ::epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()), -1);
        for (int at = 0; at < ready && goes_on; ++at) {
            goes_on = tell(events.at(static_cast<std::size_t>(at)).data.u64, callbacks);
        }
    }
}

void Engine::stop() {
    const std::uint64_t one = 1;
    static_cast<void>(::write(stopped_.get(), &one, sizeof(one)));
}

}  // namespace penstock::emulator
