// SPDX-License-Identifier: Apache-2.0
//
// Shared memory: what clients map from the driver's file, such as doorbells. A sparse file in
// memory, to which the kernel passes the mappings through.

#pragma once

#include "base/fd.h"

namespace penstock::emulator {

class SharedMemory {
  public:
    static constexpr std::uint64_t bytes = 1ULL << 42;  // Room for 1023 regions of 4 GiB.

    static Result<SharedMemory> make();

    // Registers it with a mounted file system; later opens name the returned id.
    [[nodiscard]] Result<std::int32_t> offer_to(const Fd& fuse) const;

  private:
    explicit SharedMemory(Fd file) : file_(std::move(file)) {}

    Fd file_;
};

}  // namespace penstock::emulator
