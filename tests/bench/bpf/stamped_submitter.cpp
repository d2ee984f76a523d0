// SPDX-License-Identifier: Apache-2.0

#include "tests/bench/bpf/stamped_submitter.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <new>
#include <random>
#include <thread>

#include "base/clock.h"
#include "base/pidfd.h"

namespace penstock::bench {

void StampedSubmitter::submit_for_ever(Habit habit, Shared& shared) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_TIMERSLACK, 1);
    std::minstd_rand random(1);
    std::uniform_int_distribution<int> pause_us(2000, 5000);
    for (std::uint64_t number = 1;; ++number) {
        const Duration pause = std::chrono::microseconds(pause_us(random));
        if (habit == Habit::blocks) {
            std::this_thread::sleep_for(pause);
        } else {
            for (const TimePoint until = monotonic_now() + pause; monotonic_now() < until;) {
            }
        }
        // Before the move: a stamp taken after it could come too late for its reader.
        shared.stamps[number % shared.stamps.size()] = to_ns(monotonic_now());
        shared.counter = number;
    }
}

Result<StampedSubmitter> StampedSubmitter::start(Habit habit) {
    void* memory =
        ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return fail(errno, "map a counter");
    }
    auto* shared = new (memory) Shared;
    const pid_t pid = ::fork();
    if (pid == 0) {
        submit_for_ever(habit, *shared);
    }
    Result<Fd> pidfd = open_pidfd(pid);
    if (!pidfd) {
        return std::unexpected(std::move(pidfd).error());
    }
    return StampedSubmitter(pid, std::move(*pidfd), shared);
}

StampedSubmitter::StampedSubmitter(StampedSubmitter&& other) noexcept
    : pid_(other.pid_),
      pidfd_(std::move(other.pidfd_)),
      shared_(std::exchange(other.shared_, nullptr)) {}

StampedSubmitter::~StampedSubmitter() {
    if (shared_ != nullptr) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        ::munmap(shared_, sizeof(Shared));
    }
}

}  // namespace penstock::bench
