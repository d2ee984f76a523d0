// SPDX-License-Identifier: Apache-2.0

#include "base/stop_signal.h"

#include <pthread.h>

#include <algorithm>
#include <cerrno>

#include "base/clock.h"

namespace penstock {

StopSignal::StopSignal() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

bool StopSignal::wait_until(TimePoint when) {
    while (!came_) {
        const Duration left = std::max(when - monotonic_now(), Duration(0));
        const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
        const timespec wait{.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
        if (::sigtimedwait(&signals_, nullptr, &wait) > 0) {
            came_ = true;
        } else if (errno == EAGAIN) {
            break;
        }
    }
    return came_;
}

}  // namespace penstock
