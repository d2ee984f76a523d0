// SPDX-License-Identifier: Apache-2.0
//
// Dice: repeatable chance. A failing property names its seed; the same seed throws the same dice on
// every machine, which the distributions of the standard library do not promise.

#pragma once

#include <cstdint>
#include <random>

#include "base/units.h"

namespace penstock {

class Dice {
  public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}

    // One of 0 .. sides - 1.
    std::uint32_t below(std::uint32_t sides) {
        return static_cast<std::uint32_t>(engine_() % sides);
    }

    std::int32_t between(std::int32_t lowest, std::int32_t highest) {
        return lowest +
               static_cast<std::int32_t>(below(static_cast<std::uint32_t>(highest - lowest + 1)));
    }

    bool one_in(std::uint32_t sides) { return below(sides) == 0; }

    Duration microseconds_below(std::uint32_t limit) {
        return std::chrono::microseconds(below(limit));
    }

  private:
    std::mt19937 engine_;
};

}  // namespace penstock
