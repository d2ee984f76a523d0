// SPDX-License-Identifier: Apache-2.0
//
// Figures: what the snapshot's quantities look like on D-Bus, with its words for unknown.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "agent/publish/surface.h"

namespace penstock::dbus {

[[nodiscard]] std::string text_of(QueueType type);
[[nodiscard]] std::string text_of(PreemptionLevel level);
[[nodiscard]] std::string text_of(ProcessState state);
[[nodiscard]] std::string text_of(DeviceScheduler scheduler);

// unknown_rate when there is no value.
[[nodiscard]] std::uint64_t rate_of(const Sample<BytesPerSecond>& sample);
[[nodiscard]] std::uint64_t amount_of(const Sample<std::uint64_t>& sample);

// Of what can not be negative: unknown_ratio when there is no value.
[[nodiscard]] double ratio_of(const Sample<double>& sample);

// Microseconds, 0 for negative durations.
[[nodiscard]] std::uint64_t usec_of(Duration duration);

// Packets written and not yet consumed, as a share of the ring or of all rings; unknown_ratio when
// a ring's claims are unknown.
[[nodiscard]] double occupancy_of(const Queue& queue);
[[nodiscard]] double occupancy_of(std::span<const Queue> queues);

// Null when the owner has no queue there and never had.
[[nodiscard]] const Tenure* tenure_on(const Owner& owner, GpuId gpu);

// Including a suspension that still lasts.
[[nodiscard]] Duration preempted_time(const Tenure& tenure, TimePoint now);
[[nodiscard]] Duration preempted_time(const Owner& owner, TimePoint now);
[[nodiscard]] std::uint64_t preemptions_of(const Owner& owner);

// How often and how long an owner has been suspended, over all devices; finished ones count into
// the time.
struct Tally {
    std::uint64_t preemptions = 0;
    Duration finished{};
    bool suspended = false;
};

[[nodiscard]] Tally tally_of(const Owner& owner);

// With its owner or by itself.
[[nodiscard]] bool suspended(const Owner& owner, const Queue& queue);
[[nodiscard]] std::uint32_t suspended_queues(const ProcessObject& process);

// Preempted: its queues are suspended on at least one device.
[[nodiscard]] ProcessState state_of(const ProcessObject& process);

}  // namespace penstock::dbus
