// SPDX-License-Identifier: Apache-2.0
//
// Process memory: the address space that a process has now, held so that its end can be seen. It
// ends with execve(2) as with death, unless a vfork(2) child still uses it.

#pragma once

#include <cstdint>

#include "base/fd.h"

namespace penstock::emulator {

class ProcessMemory {
  public:
    // Fails for a process that has none, like a zombie.
    static Result<ProcessMemory> of(std::uint32_t tgid);

    // Touches none of it and waits for nobody.
    [[nodiscard]] bool in_use() const;

  private:
    explicit ProcessMemory(Fd pagemap) : pagemap_(std::move(pagemap)) {}

    Fd pagemap_;
};

}  // namespace penstock::emulator
