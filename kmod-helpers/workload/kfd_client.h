// SPDX-License-Identifier: Apache-2.0
//
// KfdClient: the ioctls a compute program needs, made by hand as a runtime library would.

#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "kmod-helpers/abi/kfd_ioctl.h"

namespace penstock::workload {

struct QueueMemory {
    std::span<std::byte> ring{};
    std::span<std::byte> counters{};  // Laid out as amd_queue_t.
};

// What a program here asks for; UPDATE_QUEUE replaces it with everything else.
inline constexpr std::uint32_t ordinary_queue_priority = 7;

class KfdClient {
  public:
    // Fails when the file is no KFD or speaks another major version.
    static Result<KfdClient> open(const std::string& path);

    // Before the first queue, as the driver demands. A debugger that came first makes it wait.
    [[nodiscard]] Result<> enable_runtime() const;

    // An auto-reset signal event; the id goes into signals' mailboxes.
    [[nodiscard]] Result<std::uint32_t> create_event() const;

    [[nodiscard]] Result<std::uint32_t> create_queue(std::uint32_t gpu_id,
                                                     const QueueMemory& memory) const;
    [[nodiscard]] Result<> destroy_queue(std::uint32_t number) const;

    // All properties at once: a percentage of 0 takes the queue off the device, its waves saved.
    [[nodiscard]] Result<> update_queue(kfd::UpdateQueue properties) const;

    // One bit per compute unit; whole words, and pairs of units alike where the device has them.
    [[nodiscard]] Result<> set_cu_mask(std::uint32_t number,
                                       std::span<const std::uint32_t> mask) const;

    // True when the event was raised, false at the timeout or a signal.
    [[nodiscard]] Result<bool> wait(std::uint32_t event_id, std::uint32_t timeout_ms) const;

    // One call with any argument, for clients that mean ill. Returns what ioctl(2) did or -errno.
    int raw(unsigned long request, void* argument) const;

  private:
    explicit KfdClient(Fd fd) : fd_(std::move(fd)) {}

    Fd fd_;
};

}  // namespace penstock::workload
