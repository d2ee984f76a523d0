// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/turnstile.h"

namespace penstock::emulator {

std::optional<std::function<void()>> Turnstile::next_job() {
    const std::lock_guard lock(jobs_mutex_);
    if (jobs_.empty()) {
        return std::nullopt;
    }
    std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
}

bool Turnstile::any_job() {
    const std::lock_guard lock(jobs_mutex_);
    return !jobs_.empty();
}

void Turnstile::run_jobs() {
    while (const std::optional<std::function<void()>> job = next_job()) {
        (*job)();
    }
    settle_();
}

// Whoever adds a job while the turnstile is taken relies on this second look after it is free.
void Turnstile::leave_no_job_behind() {
    while (any_job() && inside_.try_lock()) {
        run_jobs();
        inside_.unlock();
    }
}

void Turnstile::pass(std::function<void()> job) {
    {
        const std::lock_guard lock(jobs_mutex_);
        jobs_.push_back(std::move(job));
    }
    leave_no_job_behind();
}

bool Turnstile::try_pass(Duration patience, const std::function<void()>& job) {
    const bool entered = inside_.try_lock_for(patience);
    if (entered) {
        job();
        run_jobs();
        inside_.unlock();
    }
    leave_no_job_behind();
    return entered;
}

}  // namespace penstock::emulator
