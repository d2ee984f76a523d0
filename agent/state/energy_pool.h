// SPDX-License-Identifier: Apache-2.0
//
// Energy pool: the energy of one device, or of a machine's processors, and in what it is split.
//
// An APU's processor cores and its graphics share one supply, and both the package's counter and
// the device's firmware report it. It is counted once: the graphics' part with the device, the rest
// with the processors.

#pragma once

#include <optional>

#include "agent/state/quantity_book.h"

namespace penstock {

// Joules since the first reading, and who measured them; without a value nobody did.
struct PoolEnergy {
    std::optional<double> joules{};
    Origin by{};
};

[[nodiscard]] PoolEnergy device_energy(const QuantityBook& book, const Device& device);

// Of all packages, less what is counted with devices.
[[nodiscard]] PoolEnergy processor_energy(const QuantityBook& book, const Snapshot& snapshot);

}  // namespace penstock
