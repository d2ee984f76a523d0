// SPDX-License-Identifier: Apache-2.0

#include "tests/puppet/idle_threads.h"

#include <unistd.h>

namespace penstock::puppet {

IdleThreads::~IdleThreads() {
    while (!idlers_.empty()) {
        end(idlers_.begin()->first);
    }
}

pid_t IdleThreads::add() {
    auto idler = std::make_unique<Idler>();
    idler->thread = std::thread([&self = *idler] {
        self.tid = ::gettid();
        self.tid.notify_all();
        self.over.wait(false);
    });
    idler->tid.wait(0);
    const pid_t tid = idler->tid;
    idlers_.emplace(tid, std::move(idler));
    return tid;
}

bool IdleThreads::end(pid_t tid) {
    const auto found = idlers_.find(tid);
    if (found == idlers_.end()) {
        return false;
    }
    found->second->over = true;
    found->second->over.notify_all();
    found->second->thread.join();
    idlers_.erase(found);
    return true;
}

void IdleThreads::forget() {
    for (auto& [tid, idler] : idlers_) {
        // Joining would wait for a thread that only the parent has; so its record is left behind.
        static_cast<void>(idler.release());
    }
    idlers_.clear();
}

}  // namespace penstock::puppet
