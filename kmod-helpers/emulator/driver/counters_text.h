// SPDX-License-Identifier: Apache-2.0
//
// Counters text: what the devices did since the start and what is held now, for tests and people.

#pragma once

#include <string>

#include "kmod-helpers/emulator/driver/devices.h"
#include "kmod-helpers/emulator/driver/owner_table.h"

namespace penstock::emulator {

// "device ID" and then "key value" lines, per device.
[[nodiscard]] std::string counters_text(const Devices& devices, const OwnerTable& owners);

}  // namespace penstock::emulator
