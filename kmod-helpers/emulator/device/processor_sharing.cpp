// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/processor_sharing.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace penstock::emulator {

Rate cap_of(std::uint32_t enabled_units, std::uint32_t compute_units) {
    if (enabled_units == 0 || enabled_units >= compute_units) {
        return whole_device;
    }
    return std::max<Rate>(1, whole_device * enabled_units / compute_units);
}

std::vector<Rate> shared_rates(std::span<const Rate> caps) {
    std::vector<std::size_t> tightest_first(caps.size());
    std::iota(tightest_first.begin(), tightest_first.end(), std::size_t{0});
    std::ranges::stable_sort(tightest_first, {}, [&](std::size_t i) { return caps[i]; });

    std::vector<Rate> rates(caps.size());
    Rate left = whole_device;
    auto sharers = static_cast<Rate>(caps.size());
    for (const std::size_t i : tightest_first) {
        rates[i] = std::min(caps[i], left / sharers);
        left -= rates[i];
        --sharers;
    }
    return rates;
}

}  // namespace penstock::emulator
