// SPDX-License-Identifier: Apache-2.0
//
// Idle client: a process with a number of compute queues and nothing to do, gone with the object.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/fd.h"

namespace penstock::bench {

class IdleClient {
  public:
    // Returns once all queues are there. Must be called while we have a single thread.
    static Result<IdleClient> start(const std::string& kfd_path,
                                    std::uint32_t gpu_id,
                                    std::uint32_t queues);

    IdleClient(IdleClient&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

    IdleClient& operator=(IdleClient&&) = delete;
    IdleClient(const IdleClient&) = delete;
    IdleClient& operator=(const IdleClient&) = delete;
    ~IdleClient();

    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    explicit IdleClient(pid_t pid) : pid_(pid) {}

    pid_t pid_;
};

}  // namespace penstock::bench
