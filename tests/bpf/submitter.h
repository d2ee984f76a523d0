// SPDX-License-Identifier: Apache-2.0
//
// Submitter: a child process that moves a counter in its own memory when it is told to, and then
// blocks, or spins until it is told to stop.

#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/fd.h"

namespace penstock::test {

class Submitter {
  public:
    static Result<Submitter> start();

    Submitter(Submitter&& other) noexcept;
    Submitter& operator=(Submitter&&) = delete;
    Submitter(const Submitter&) = delete;
    Submitter& operator=(const Submitter&) = delete;
    ~Submitter();

    // Moves the counter by one and blocks. Returns once the counter has moved.
    void move_and_block();

    // Moves the counter and spins without any system call, until stop_spinning().
    void move_and_spin();
    // The same in a thread that it starts for the purpose.
    void move_and_spin_in_new_thread();
    void stop_spinning();

    // Kills it and waits for its end.
    void end();

    [[nodiscard]] pid_t pid() const { return pid_; }

    [[nodiscard]] int pidfd() const { return pidfd_.get(); }

    // The same address in the child and here.
    [[nodiscard]] std::uint64_t counter_address() const;
    [[nodiscard]] std::uint64_t counter() const;

  private:
    struct Shared;

    Submitter(pid_t pid, Fd pidfd, Fd orders, Shared* shared)
        : pid_(pid), pidfd_(std::move(pidfd)), orders_(std::move(orders)), shared_(shared) {}

    void order(char what);

    pid_t pid_;
    Fd pidfd_;
    Fd orders_;       // Our end of a pipe it reads.
    Shared* shared_;  // nullptr once moved from.
};

}  // namespace penstock::test
