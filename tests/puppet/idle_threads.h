// SPDX-License-Identifier: Apache-2.0
//
// Idle threads: threads of a puppet that only wait, so that signals and stops find several.

#pragma once

#include <sys/types.h>

#include <atomic>
#include <map>
#include <memory>
#include <thread>

namespace penstock::puppet {

class IdleThreads {
  public:
    IdleThreads() = default;
    IdleThreads(const IdleThreads&) = delete;
    IdleThreads& operator=(const IdleThreads&) = delete;
    ~IdleThreads();

    // The new thread's id.
    pid_t add();

    // Returns once it is gone; false when there is no such thread.
    bool end(pid_t tid);

    // A forked child has none of its parent's threads.
    void forget();

  private:
    struct Idler {
        std::atomic<pid_t> tid{0};
        std::atomic<bool> over{false};
        std::thread thread;
    };

    std::map<pid_t, std::unique_ptr<Idler>> idlers_;
};

}  // namespace penstock::puppet
