// SPDX-License-Identifier: Apache-2.0
//
// KernelProcesses: settles with the kernel that a pidfd and a pid are one living process.

#pragma once

#include "agent/gate/ports.h"

namespace penstock::gate {

class KernelProcesses final : public Processes {
  public:
    Result<> check(int pidfd, pid_t pid) override;
    Result<std::unique_ptr<OwnerMemory>> memory_of(pid_t pid) override;
    std::string program_of(int pidfd, pid_t pid) override;
};

}  // namespace penstock::gate
