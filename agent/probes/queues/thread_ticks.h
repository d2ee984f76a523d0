// SPDX-License-Identifier: Apache-2.0
//
// ThreadTicks: a 1 kHz clock on each thread of one process, which runs a BPF program.
//
// The clock counts only while its thread runs: an idle processor and an idle process get no timer.
// It finds the submitter that spins and so never meets a context switch. Threads started later
// inherit it; child processes do not.

#pragma once

#include <sys/types.h>

#include <cstddef>
#include <vector>

#include "base/fd.h"
#include "base/tree.h"

namespace penstock {

class ThreadTicks {
  public:
    static constexpr std::size_t most_threads = 256;

    // `program` is a perf_event program's descriptor, needed only during the call. A thread that
    // ends meanwhile is left out, as are those beyond the limit, but for what they inherit.
    static Result<ThreadTicks> start(const Tree& proc, pid_t process_leader, int program);

    [[nodiscard]] std::size_t threads() const { return events_.size(); }

  private:
    explicit ThreadTicks(std::vector<Fd> events) : events_(std::move(events)) {}

    std::vector<Fd> events_;  // Closing one also ends those inherited from it.
};

}  // namespace penstock
