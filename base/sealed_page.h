// SPDX-License-Identifier: Apache-2.0
//
// Sealed page: memory that one process writes and others only read. Nobody can shorten it under a
// reader, and nobody but its maker can write it, also not who opens its descriptor anew.
//
// That holds for its maker's successors too: the kernel lets nobody map it for writing again.

#pragma once

#include "base/mapping.h"

namespace penstock {

class SealedPage {
  public:
    // Zeros; `bytes` are whole pages. `name` is what /proc shows of it.
    static Result<SealedPage> make(const char* name, std::size_t bytes);

    [[nodiscard]] std::byte* start() const { return memory_.start(); }

    // A new descriptor that only reads.
    [[nodiscard]] Result<Fd> reader() const;

  private:
    SealedPage(Fd file, Mapping memory) : file_(std::move(file)), memory_(std::move(memory)) {}

    Fd file_;
    Mapping memory_;
};

}  // namespace penstock
