// SPDX-License-Identifier: Apache-2.0
//
// Device advice: whether an operation should leave the device for the processor while the memory is
// saturated.
//
// Where both share one memory the processor moves the same bytes, and to go there helps nobody
// unless it is done as soon, or moves fewer of them. So without the operation's costs there is no
// advice.

#pragma once

#include <cstdint>
#include <optional>

#include "base/units.h"
#include "policies/throttle.h"

namespace penstock {

enum class AdvisedDevice : std::uint8_t { any, cpu, gpu };

enum class AdviceReason : std::uint8_t {
    not_saturated,
    critical,  // Whoever is critical never falls back.
    same_memory,
    fewer_bytes,
    other_memory,  // The processor's bytes are in a memory that is not saturated.
    sooner,
    costs_unknown,
};

// Of one operation. What is 0 is unknown.
struct OperationCosts {
    std::uint64_t gpu_bytes = 0;
    std::uint64_t cpu_bytes = 0;
    // How fast each would get its bytes now; the device under what it is granted.
    BytesPerSecond gpu_rate{};
    BytesPerSecond cpu_rate{};
    bool other_memory = false;
    bool critical = false;
};

struct DeviceAdvice {
    AdvisedDevice device = AdvisedDevice::any;
    AdviceReason reason = AdviceReason::not_saturated;
    double confidence = 1;  // 0..1: how sure it is that following it is right.
    auto operator<=>(const DeviceAdvice&) const = default;
};

[[nodiscard]] DeviceAdvice advise(ThrottleLevel level, const OperationCosts& costs);

// Keeps an advice for a second at least, so that an operation does not wander with every change of
// the level; only what becomes critical leaves at once.
class DeviceAdviser {
  public:
    static constexpr Duration shortest_stay{std::chrono::seconds(1)};

    struct Standing {
        DeviceAdvice advice{};
        TimePoint valid_until{};
    };

    const Standing& advise(ThrottleLevel level, const OperationCosts& costs, TimePoint now);

  private:
    Standing standing_{};
    TimePoint since_{};
};

}  // namespace penstock
