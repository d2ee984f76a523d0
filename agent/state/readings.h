// SPDX-License-Identifier: Apache-2.0
//
// Readings: what the probes and the gate saw since the last tick, before anything is derived.

#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "policies/gate_wire.h"
#include "policies/snapshot.h"

namespace penstock {

// A process that has queues, seen for the first time. The identity is settled by then: a pidfd is
// held for it, and the id is new.
struct OwnerAppeared {
    Owner owner{};
};

struct OwnerVanished {
    OwnerId owner{};
};

struct QueueAppeared {
    Queue queue{};
};

struct QueueVanished {
    QueueKey key{};
};

using QueueEvent = std::variant<OwnerAppeared, OwnerVanished, QueueAppeared, QueueVanished>;

struct MemoryReading {
    std::uint32_t node = 0;
    bool emulated = false;
    Sample<BytesPerSecond> read{};
    Sample<BytesPerSecond> written{};
    Sample<BytesPerSecond> peak{};
};

struct DeviceReading {
    GpuId gpu{};
    Sample<BytesPerSecond> pcie_received{};
    Sample<BytesPerSecond> pcie_sent{};
};

// The driver has taken all queues off a device once, which it does to suspend or resume a single
// one. Only calls that succeeded.
struct UnmapReading {
    GpuId gpu{};
    Duration took{};
    TimePoint taken{};  // When it was over.
};

struct Readings {
    std::vector<Device> devices{};            // Filled in the first reading and when they change.
    std::vector<QueueEvent> queue_events{};   // In the order in which they happened.
    std::vector<wire::FromGate> gate_news{};  // Adopted, Acted and Sampled, in order of arrival.
    std::vector<MemoryReading> memory{};      // Empty when this tick read no counters.
    std::vector<DeviceReading> links{};       // Likewise.
    std::vector<UnmapReading> unmaps{};       // Since the last reading; empty where none are seen.
};

}  // namespace penstock
