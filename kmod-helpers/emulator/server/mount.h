// SPDX-License-Identifier: Apache-2.0
//
// Mount: the emulator's file system at a directory, for as long as the object lives.

#pragma once

#include <string>

#include "base/fd.h"

namespace penstock::emulator {

class Mount {
  public:
    // `fuse` is an opened /dev/fuse. A mount left behind by an emulator that died is taken away.
    static Result<Mount> at(const std::string& directory, const Fd& fuse);

    Mount(Mount&& other) noexcept;
    Mount& operator=(Mount&&) = delete;
    Mount(const Mount&) = delete;
    Mount& operator=(const Mount&) = delete;
    ~Mount();

  private:
    explicit Mount(std::string directory) : directory_(std::move(directory)) {}

    std::string directory_;  // Empty when moved from.
};

}  // namespace penstock::emulator
