// SPDX-License-Identifier: Apache-2.0
//
// KeptWord: whether queues that their own process says are suspended stand still.
//
// They are looked at from time to time as long as they have to. The first look only says where they
// stand: a device may be late to report what it took before.

#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "agent/gate/ports.h"

namespace penstock::gate {

class KeptWord {
  public:
    // A queue's pointers by its number; nothing when they say nothing.
    using Look = std::function<std::optional<Pointers>(std::uint32_t queue)>;

    // A queue that is off the device takes no packets; one whose launches are held gets none.
    enum class Proof : std::uint8_t { nothing_read, nothing_written };

    // Without a look everybody is believed.
    KeptWord(Look look, Proof proof) : look_(std::move(look)), proof_(proof) {}

    void suspended(GpuId gpu, std::span<const std::uint32_t> queues);
    void resumed(GpuId gpu);

    // When to look next.
    [[nodiscard]] std::optional<TimePoint> due() const { return due_; }

    // Looks, if it is due, and returns a queue that has not stood still. Called for the first time
    // once the suspension is confirmed; the looks begin a while after that.
    [[nodiscard]] std::optional<std::uint32_t> broken_by(TimePoint now);

    static constexpr Duration first_gap = std::chrono::milliseconds(2);
    static constexpr Duration longest_gap = std::chrono::milliseconds(64);

  private:
    struct Claim {
        GpuId gpu{};
        std::uint32_t queue = 0;
        std::optional<std::uint64_t> stood_at{};
    };

    [[nodiscard]] bool stands_still(Claim& claim) const;

    Look look_;
    Proof proof_;
    std::vector<Claim> claims_{};
    std::optional<TimePoint> due_{};
    Duration gap_ = first_gap;
};

}  // namespace penstock::gate
