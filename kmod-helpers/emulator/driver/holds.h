// SPDX-License-Identifier: Apache-2.0
//
// Holds: taking and giving up holds on queues of one owner. A device is asked only for what starts
// or stops to run by it.

#pragma once

#include <span>

#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

using QueueNumbers = std::vector<std::uint32_t>;

// The numbers must be those of queues. Return when the last device has finished.
TimePoint hold(
    Machine& machine, Owner& owner, const QueueNumbers& numbers, Hold why, TimePoint now);
TimePoint release(
    Machine& machine, Owner& owner, const QueueNumbers& numbers, Hold why, TimePoint now);

[[nodiscard]] QueueNumbers all_numbers(const Owner& owner);

// Every queue of the device is lost, whosever it is; queues made later work.
void reset_device(Machine& machine, std::uint32_t gpu_id, TimePoint now);

}  // namespace penstock::emulator
