// SPDX-License-Identifier: Apache-2.0

#include "client/cooperation/cooperating_thread.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <csignal>

#include "base/clock.h"

namespace penstock::client {
namespace {

timespec until(TimePoint when) {
    const Duration left = std::max(when - monotonic_now(), Duration(0));
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    return {.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
}

// True when the thread is to end.
bool wait(const Cooperation& cooperation, const Fd& stop) {
    std::array<pollfd, 2> watched{{{.fd = stop.get(), .events = POLLIN, .revents = 0},
                                   {.fd = cooperation.fd(), .events = POLLIN, .revents = 0}}};
    const std::optional<TimePoint> deadline = cooperation.deadline();
    const timespec timeout = until(deadline.value_or(TimePoint{}));
    ::ppoll(watched.data(), watched.size(), deadline ? &timeout : nullptr, nullptr);
    return watched[0].revents != 0;
}

void live(const Fd& stop, Cooperation& cooperation) {
    do {
        cooperation.serve(monotonic_now());
    } while (!wait(cooperation, stop));
}

// While it exists, threads start with every signal blocked.
class NoSignals {
  public:
    NoSignals() {
        sigset_t all{};
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }

    ~NoSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

    NoSignals(const NoSignals&) = delete;
    NoSignals& operator=(const NoSignals&) = delete;

  private:
    sigset_t before_{};
};

}  // namespace

CooperatingThread::CooperatingThread(Fd stop, Cooperation::Settings settings, QueueKeeper& keeper)
    : stop_(std::move(stop)) {
    const NoSignals meanwhile;
    thread_ = std::jthread([&stop = stop_, settings = std::move(settings), &keeper] {
        Cooperation cooperation(settings, keeper);
        live(stop, cooperation);
    });
}

Result<std::unique_ptr<CooperatingThread>> CooperatingThread::start(Cooperation::Settings settings,
                                                                    QueueKeeper& keeper) {
    Result<Fd> stop = owned(::eventfd(0, EFD_CLOEXEC), "make an eventfd");
    if (!stop) {
        return std::unexpected(std::move(stop).error());
    }
    return std::unique_ptr<CooperatingThread>(
        new CooperatingThread(std::move(*stop), std::move(settings), keeper));
}

CooperatingThread::~CooperatingThread() {
    ::eventfd_write(stop_.get(), 1);
}

}  // namespace penstock::client
