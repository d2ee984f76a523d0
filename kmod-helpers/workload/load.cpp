// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/load.h"

#include <atomic>
#include <thread>

#include "base/clock.h"

namespace penstock::workload {

namespace {

using std::chrono::milliseconds;

// Longer than the longest suspension that is ever allowed by default.
constexpr Duration longest_drain = milliseconds(1000);
constexpr std::uint32_t wait_ms = 20;  // Bounds how late the end or a stop signal is noticed.
constexpr Duration full_ring_pause = std::chrono::microseconds(100);
constexpr unsigned spins_per_poll = 1024;  // A stop signal is asked for by a system call: rarely.

Result<> drain(Session& session) {
    const TimePoint deadline = monotonic_now() + longest_drain;
    while (session.in_flight() > 0 && monotonic_now() < deadline) {
        if (const Result<bool> woken = session.wait(wait_ms); !woken) {
            return std::unexpected(woken.error());
        }
        session.reap();
    }
    return {};
}

Result<> reap_until(Session& session, const std::atomic<bool>& ended) {
    while (!ended) {
        if (const Result<bool> woken = session.wait(wait_ms); !woken) {
            return std::unexpected(woken.error());
        }
        session.reap();
    }
    return drain(session);
}

// False when the run is over. The request then counts as never arrived.
bool wait_for_room(const Session& session, StopSignal& stop, TimePoint end) {
    while (!session.has_room()) {
        const TimePoint later = monotonic_now() + full_ring_pause;
        if (later >= end || stop.wait_until(later)) {
            return false;
        }
    }
    return true;
}

Result<> run_open_blocking(Session& session,
                           StopSignal& stop,
                           const Course& course,
                           Arrivals& arrivals) {
    std::atomic<bool> ended{false};
    Result<> reaped;
    std::jthread reaper([&] { reaped = reap_until(session, ended); });
    for (TimePoint due = arrivals.next(); due < course.end; due = arrivals.next()) {
        if (stop.wait_until(due) || !wait_for_room(session, stop, course.end)) {
            break;
        }
        session.submit(due);
    }
    ended = true;
    reaper.join();
    return reaped;
}

Result<> run_open_spinning(Session& session,
                           StopSignal& stop,
                           const Course& course,
                           Arrivals& arrivals) {
    TimePoint due = arrivals.next();
    for (unsigned spin = 1; due < course.end; ++spin) {
        if (spin % spins_per_poll == 0 && stop.wait_until(TimePoint())) {
            break;
        }
        if (monotonic_now() >= due && session.has_room()) {
            session.submit(due);
            due = arrivals.next();
        }
        session.reap();
    }
    return drain(session);
}

}  // namespace

Result<> run_open(Session& session, StopSignal& stop, const Course& course, Arrivals arrivals) {
    if (stop.wait_until(course.start)) {
        return {};
    }
    return course.spins ? run_open_spinning(session, stop, course, arrivals)
                        : run_open_blocking(session, stop, course, arrivals);
}

Result<> run_closed(Session& session, StopSignal& stop, const Course& course, std::uint64_t depth) {
    stop.wait_until(course.start);
    for (unsigned turn = 1; monotonic_now() < course.end; ++turn) {
        const bool polls = !course.spins || turn % spins_per_poll == 0;
        if (polls && stop.wait_until(TimePoint())) {
            break;
        }
        session.reap();
        while (session.in_flight() < depth && session.has_room()) {
            session.submit(monotonic_now());
        }
        if (course.spins) {
            continue;
        }
        if (const Result<bool> woken = session.wait(wait_ms); !woken) {
            return std::unexpected(woken.error());
        }
    }
    return drain(session);
}

}  // namespace penstock::workload
