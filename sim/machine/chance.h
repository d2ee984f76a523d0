// SPDX-License-Identifier: Apache-2.0
//
// Chance: seeded random numbers that are the same on every machine.
//
// Neither the distributions of the standard library nor the logarithms of a C library are the same
// everywhere, so these are our own: from one seed, one simulated history.

#pragma once

#include <cstdint>

namespace penstock::sim {

// SplitMix64: eight bytes of state, so that everything random can have a sequence of its own and
// draws nothing from anybody else's.
class Chance {
  public:
    explicit Chance(std::uint64_t seed = 0) : state_(seed) {}

    // The sequence of the number-th part of whatever this one is for.
    [[nodiscard]] Chance part(std::uint64_t number) const;

    std::uint64_t bits();

    double unit();               // Above 0 and below 1.
    double exponential();        // Of mean 1.
    double normal();             // Of mean 0 and deviation 1.
    double gamma(double shape);  // Of mean 1, for a shape above 0.

    // exp of a normal number, of mean 1: its median is exp(-sigma^2 / 2).
    double lognormal(double sigma);

  private:
    std::uint64_t state_;
};

// Of a positive normal number.
[[nodiscard]] double natural_logarithm(double number);

// Within -700..700, and the ends' for what is beyond.
[[nodiscard]] double exponential_of(double number);

}  // namespace penstock::sim
