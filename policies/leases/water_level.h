// SPDX-License-Identifier: Apache-2.0
//
// Water level: shares an amount among claims so that the least satisfied gets as much as it can,
// by weight (weighted max-min fairness).

#pragma once

#include <cstdint>
#include <span>

namespace penstock {

// A claim gets at least `least`, even where the amount does not suffice, and at most `most`.
struct Claim {
    std::uint64_t least = 0;
    std::uint64_t most = 0;  // Not below `least`.
    std::uint64_t weight = 1;
    std::uint64_t share = 0;  // What it gets.
};

// The shares add up to at most `amount`, or to the sum of what is least where that is more.
void share_out(std::span<Claim> claims, std::uint64_t amount);

}  // namespace penstock
