// SPDX-License-Identifier: Apache-2.0

#include "policies/leases/water_level.h"

#include <algorithm>

namespace penstock {
namespace {

// Of two numbers whose product may not fit; what does not fit is more than anybody claims.
std::uint64_t height(std::uint64_t level, std::uint64_t weight) {
    std::uint64_t product = 0;
    return __builtin_mul_overflow(level, weight, &product) ? UINT64_MAX : product;
}

std::uint64_t share_at(const Claim& claim, std::uint64_t level) {
    return std::clamp(height(level, claim.weight), claim.least, claim.most);
}

bool fits(std::span<const Claim> claims, std::uint64_t level, std::uint64_t amount) {
    std::uint64_t rest = amount;
    for (const Claim& each : claims) {
        const std::uint64_t share = share_at(each, level);
        if (share > rest) {
            return false;
        }
        rest -= share;
    }
    return true;
}

}  // namespace

void share_out(std::span<Claim> claims, std::uint64_t amount) {
    // The highest level that fits. Level 0 gives what is least, whether it fits or not.
    std::uint64_t lowest = 0;
    std::uint64_t highest = amount;
    while (lowest < highest) {
        const std::uint64_t middle = lowest + ((highest - lowest) / 2) + 1;
        if (fits(claims, middle, amount)) {
            lowest = middle;
        } else {
            highest = middle - 1;
        }
    }
    for (Claim& each : claims) {
        each.share = share_at(each, lowest);
    }
}

}  // namespace penstock
