// SPDX-License-Identifier: Apache-2.0
//
// Operation log: how long operations of each kind took. Any number of threads count into it at once
// and none waits: each operation costs two additions.
//
// Lengths are counted in the processor's ticks and become nanoseconds only for who asks, by what
// has passed of both since the log began: a clock read for each operation would cost as much again.

#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/units.h"

namespace penstock::client {

// Of the time stamp counter where that runs evenly, otherwise nanoseconds.
[[nodiscard]] std::uint64_t ticks_now();

class OperationLog {
  public:
    OperationLog();

    void ended(std::uint64_t ticks) {
        buckets_[bucket_of(ticks)].fetch_add(1, std::memory_order_relaxed);
        ticks_.fetch_add(ticks, std::memory_order_relaxed);
    }

    void waited(Duration time) {
        waits_.fetch_add(1, std::memory_order_relaxed);
        waited_ns_.fetch_add(static_cast<std::uint64_t>(time.count()), std::memory_order_relaxed);
    }

    struct Figures {
        std::uint64_t count = 0;
        Duration total{};
        Duration mean{};
        Duration p99{};
        std::uint64_t waits = 0;
        Duration waited{};
    };

    [[nodiscard]] Figures figures() const;

    // Lengths within an eighth of each other share a bucket.
    static constexpr std::size_t buckets = std::size_t{64} * 8;
    static std::size_t bucket_of(std::uint64_t ticks);
    static double middle_of(std::size_t bucket);

  private:
    std::array<std::atomic<std::uint64_t>, buckets> buckets_{};
    std::atomic<std::uint64_t> ticks_{};
    std::atomic<std::uint64_t> waits_{};
    std::atomic<std::uint64_t> waited_ns_{};
    std::uint64_t began_ticks_;
    TimePoint began_;
};

}  // namespace penstock::client
