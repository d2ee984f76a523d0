// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/real_time.h"

#include <sched.h>
#include <sys/resource.h>

#include <cerrno>
#include <string>

namespace penstock::gate {
namespace {

rlim_t microseconds(Duration duration) {
    return static_cast<rlim_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
}

}  // namespace

Result<> RealTime::begin(int priority) {
    priority_ = priority;
    return priority == 0 ? Result<>{} : raise();
}

// The kernel moves the soft limit on by a second with each signal, so it is set anew each time.
Result<> RealTime::raise() const {
    const rlimit bound{.rlim_cur = microseconds(longest_run),
                       .rlim_max = microseconds(longest_deaf_run)};
    sched_param parameters{};
    parameters.sched_priority = priority_;
    if (::setrlimit(RLIMIT_RTTIME, &bound) != 0 ||
        ::sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) != 0) {
        return fail(errno, "run at real-time priority " + std::to_string(priority_));
    }
    return {};
}

void RealTime::step_down(TimePoint now) {
    if (priority_ == 0) {
        return;
    }
    const sched_param ordinary{};
    ::sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &ordinary);
    over_ = now + rest;
}

void RealTime::step_up() {
    over_.reset();
    // What the kernel granted once it grants again; if not, the ordinary priority serves.
    static_cast<void>(raise());
}

}  // namespace penstock::gate
