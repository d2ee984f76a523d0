// SPDX-License-Identifier: Apache-2.0
//
// Turnstile: lets jobs through one at a time, in order, without making their threads wait: who
// finds it taken leaves the job to the thread that is inside. A server thread is therefore always
// left to answer the kernel, also while the driver waits for a page of a client's memory that only
// such an answer can bring.

#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <optional>

#include "base/units.h"

namespace penstock::emulator {

class Turnstile {
  public:
    // `settle` runs after each batch of jobs, still alone.
    explicit Turnstile(std::function<void()> settle) : settle_(std::move(settle)) {}

    // The job has run, or another thread will run it.
    void pass(std::function<void()> job);

    // Runs the job now, in this thread, or after `patience` not at all.
    bool try_pass(Duration patience, const std::function<void()>& job);

  private:
    std::optional<std::function<void()>> next_job();
    bool any_job();
    void run_jobs();
    void leave_no_job_behind();

    std::function<void()> settle_;
    std::timed_mutex inside_;
    std::mutex jobs_mutex_;
    std::deque<std::function<void()>> jobs_;
};

}  // namespace penstock::emulator
