// SPDX-License-Identifier: Apache-2.0
//
// ProcessMemory: reads queue pointers from another process' memory.

#pragma once

#include <sys/types.h>

#include "agent/gate/ports.h"
#include "base/fd.h"

namespace penstock::gate {

class ProcessMemory final : public OwnerMemory {
  public:
    static Result<std::unique_ptr<OwnerMemory>> open(pid_t pid);

    ProcessMemory(pid_t pid, Fd file) : pid_(pid), file_(std::move(file)) {}

    std::optional<Pointers> pointers(std::uint64_t write_address,
                                     std::uint64_t read_address) override;

  private:
    [[nodiscard]] bool read_word(std::uint64_t address, std::uint64_t& value) const;

    pid_t pid_;
    Fd file_;  // /proc/PID/mem; bound to the memory it was opened for.
};

}  // namespace penstock::gate
