// SPDX-License-Identifier: Apache-2.0
//
// Care: one process in the gate's care, with the ports that the gate has, but with nobody who
// listens to its reports.

#pragma once

#include <sys/types.h>

#include <memory>

#include "agent/gate/ladder.h"
#include "agent/gate/processes.h"
#include "agent/gate/seizure.h"
#include "agent/gate/session.h"
#include "kmod-helpers/kfd_device.h"

namespace penstock::bench {

class Care {
  public:
    // Fails when the process can not be suspended by the debugger interface.
    static Result<std::unique_ptr<Care>> take(const kfd::KfdDevice& device, pid_t pid);

    [[nodiscard]] gate::Session& session() { return *session_; }

  private:
    class Silence final : public gate::Outbox, public gate::Wakeups {
      public:
        void report(const wire::FromGate& /*message*/) override {}

        void watch(int /*fd*/) override {}
    };

    explicit Care(const kfd::KfdDevice& device);

    Silence silence_;
    gate::Seizure seizure_;
    gate::KernelProcesses processes_;
    kfd::DriverDebugPort debug_;
    gate::Ladder ladder_;
    gate::Ports ports_;
    std::unique_ptr<gate::Session> session_;  // Last: it lets the process go through the others.
};

}  // namespace penstock::bench
