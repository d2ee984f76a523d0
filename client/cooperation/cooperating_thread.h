// SPDX-License-Identifier: Apache-2.0
//
// CooperatingThread: a Cooperation on a thread of its own, for programs without an event loop.
//
// The thread takes none of the program's signals. The keeper is called on it alone.

#pragma once

#include <memory>
#include <thread>

#include "client/cooperation/cooperation.h"

namespace penstock::client {

class CooperatingThread {
  public:
    // Connecting is the thread's business: that nobody is there is no failure.
    static Result<std::unique_ptr<CooperatingThread>> start(Cooperation::Settings settings,
                                                            QueueKeeper& keeper);

    // Hangs up and undoes what was ordered, and waits for that.
    ~CooperatingThread();

    CooperatingThread(const CooperatingThread&) = delete;
    CooperatingThread& operator=(const CooperatingThread&) = delete;

  private:
    CooperatingThread(Fd stop, Cooperation::Settings settings, QueueKeeper& keeper);

    Fd stop_;  // An eventfd; readable once the thread is to end.
    std::jthread thread_;
};

}  // namespace penstock::client
