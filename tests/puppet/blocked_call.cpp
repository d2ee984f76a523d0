// SPDX-License-Identifier: Apache-2.0

#include "tests/puppet/blocked_call.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <thread>

#include "base/clock.h"

namespace penstock::puppet {
namespace {

constexpr int sleep_ms = 1500;
constexpr int for_ever_ms = 60'000;

// Where a blocked thread waits, and how it is woken.
struct Place {
    Fd reader{};
    Fd writer{};
    std::atomic<std::uint32_t> word{0};

    Place() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) == 0) {
            reader = Fd(ends[0]);
            writer = Fd(ends[1]);
        }
    }

    long futex(int operation, std::uint32_t value, const timespec* timeout) {
        return ::syscall(SYS_futex, &word, operation, value, timeout, nullptr, 0);
    }

    void wake() {
        word = 1;
        futex(FUTEX_WAKE_PRIVATE, 1, nullptr);
        static_cast<void>(::write(writer.get(), "w", 1));
    }
};

long sleep_once() {
    const timespec length{.tv_sec = sleep_ms / 1000, .tv_nsec = (sleep_ms % 1000) * 1'000'000L};
    return ::nanosleep(&length, nullptr);
}

long wait_by_epoll(const Place& place) {
    const Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event wanted{.events = EPOLLIN, .data = {}};
    ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, place.reader.get(), &wanted);
    epoll_event ready{};
    return ::epoll_wait(epoll.get(), &ready, 1, for_ever_ms);
}

long wait_once(const std::string& kind, Place& place) {
    if (kind == "nanosleep") {
        return sleep_once();
    }
    if (kind == "read") {
        char byte = 0;
        return ::read(place.reader.get(), &byte, 1);
    }
    if (kind == "poll") {
        pollfd waiting{.fd = place.reader.get(), .events = POLLIN, .revents = 0};
        return ::poll(&waiting, 1, for_ever_ms);
    }
    if (kind == "futex") {
        return place.futex(FUTEX_WAIT_PRIVATE, 0, nullptr);
    }
    if (kind == "timed-futex") {
        const timespec length{.tv_sec = for_ever_ms / 1000, .tv_nsec = 0};
        return place.futex(FUTEX_WAIT_PRIVATE, 0, &length);
    }
    if (kind == "epoll") {
        return wait_by_epoll(place);
    }
    errno = EINVAL;
    return -1;
}

void serve_until_woken(const Control& control,
                       Place& place,
                       const std::function<void(Command)>& obey) {
    while (auto command = control.next()) {
        if (command->word(0) == "wake") {
            break;
        }
        obey(std::move(*command));
    }
    place.wake();
}

}  // namespace

std::string run_blocked(const std::string& kind,
                        const Control& control,
                        const std::function<void(Command)>& obey) {
    Place place;
    sigset_t all{};
    sigset_t before{};
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread server([&] { serve_until_woken(control, place, obey); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    const TimePoint start = monotonic_now();
    const long returned = wait_once(kind, place);
    const int error = errno;
    const bool early =
        kind == "nanosleep" && monotonic_now() - start < std::chrono::milliseconds(sleep_ms);
    server.join();
    // A futex that was interrupted and woken before it waits again says EAGAIN.
    if (returned < 0 && error != EAGAIN) {
        return error == EINTR ? "EINTR" : "errno " + std::to_string(error);
    }
    return early ? "done early" : "done";
}

}  // namespace penstock::puppet
