// SPDX-License-Identifier: Apache-2.0
//
// StampedSubmitter: a child process that moves a counter at random times, 2 to 5 ms apart, and says
// when it did, so that whoever sees the move knows how late it is.

#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>

#include "base/fd.h"

namespace penstock::bench {

enum class Habit : std::uint8_t {
    blocks,  // Sleeps between moves.
    spins,   // Never makes a system call.
};

class StampedSubmitter {
  public:
    static Result<StampedSubmitter> start(Habit habit);

    StampedSubmitter(StampedSubmitter&& other) noexcept;
    StampedSubmitter& operator=(StampedSubmitter&&) = delete;
    StampedSubmitter(const StampedSubmitter&) = delete;
    StampedSubmitter& operator=(const StampedSubmitter&) = delete;
    ~StampedSubmitter();

    [[nodiscard]] pid_t pid() const { return pid_; }

    [[nodiscard]] int pidfd() const { return pidfd_.get(); }

    // The same address in the child and here.
    [[nodiscard]] std::uint64_t counter_address() const {
        return reinterpret_cast<std::uint64_t>(&shared_->counter);
    }

    // CLOCK_MONOTONIC, just before the counter became `written`.
    [[nodiscard]] std::int64_t moved_at(std::uint64_t written) const {
        return shared_->stamps[written % shared_->stamps.size()].load();
    }

  private:
    struct Shared {
        std::atomic<std::uint64_t> counter{0};
        std::array<std::atomic<std::int64_t>, 64> stamps{};
    };

    StampedSubmitter(pid_t pid, Fd pidfd, Shared* shared)
        : pid_(pid), pidfd_(std::move(pidfd)), shared_(shared) {}

    [[noreturn]] static void submit_for_ever(Habit habit, Shared& shared);

    pid_t pid_;
    Fd pidfd_;
    Shared* shared_;  // nullptr once moved from.
};

}  // namespace penstock::bench
