// SPDX-License-Identifier: Apache-2.0
//
// Memory: zeroed anonymous pages of the workload's own, in which its rings, counters and signals
// lie. The emulated device reaches into them as a real one would by DMA.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/result.h"

namespace penstock::workload {

class Memory {
  public:
    // Rounds up to whole pages and touches them, so that no page fault disturbs a measurement.
    static Result<Memory> map(std::size_t bytes);

    Memory() = default;

    Memory(Memory&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

    Memory& operator=(Memory&& other) noexcept;
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    ~Memory() { unmap(); }

    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

    [[nodiscard]] std::uint64_t address(std::size_t offset = 0) const;

    void unmap();

  private:
    explicit Memory(std::span<std::byte> bytes) : bytes_(bytes) {}

    std::span<std::byte> bytes_{};
};

}  // namespace penstock::workload
