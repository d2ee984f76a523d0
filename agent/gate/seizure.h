// SPDX-License-Identifier: Apache-2.0
//
// Seizure: the gate as the ptrace tracer of its owners.
//
// The driver lets only a process' tracer suspend its queues. The owners run on as if nobody
// watched: each signal that stops them for us is passed on at once. An owner is never killed when
// the gate dies: the kernel detaches it (PTRACE_O_EXITKILL is not used).
//
// All members must be called from one thread, because a tracer is a thread. A tracer that ends lets
// go of its own without stopping them, which release() can not.

#pragma once

#include <map>

#include "agent/gate/ports.h"

namespace penstock::gate {

class Seizure final : public Tracer {
  public:
    Result<> seize(pid_t pid) override;
    Result<> seize_briefly(pid_t pid, const std::function<Result<>()>& work) override;
    void release(pid_t pid) override;
    std::vector<pid_t> attend() override;

  private:
    //  seize        release           attend              stopped
    //  ----> held ----------> leaving ------> interrupted --------> (forgotten)
    //         ^     seize       |                  |
    //         +-----------------+------------------+
    enum class Grip : std::uint8_t { held, leaving, interrupted };

    void interrupt_the_leaving();
    void pass_on(pid_t pid, int status);

    std::map<pid_t, Grip> seized_;
};

}  // namespace penstock::gate
