// SPDX-License-Identifier: Apache-2.0
//
// Order parts: an order for thousands of owners goes over the wire in parts, because a socket takes
// no message of any length.

#pragma once

#include <cstdint>
#include <optional>

#include "policies/gate_wire.h"

namespace penstock::wire {

inline constexpr std::uint32_t most_places_in_part = 512;

// The part that begins with the owner at that place of the order; the first one is at 0. The last
// part, and only that, has the held queues.
[[nodiscard]] Order part_of(const DeviceOrder& order, std::uint32_t first);

// Puts parts together again. A part that does not continue those before it drops them: whoever sent
// them could not send the rest, and has begun anew.
class OrderAssembly {
  public:
    // The whole order, once its last part has come.
    [[nodiscard]] std::optional<DeviceOrder> add(Order part);

  private:
    DeviceOrder begun_{};
};

}  // namespace penstock::wire
