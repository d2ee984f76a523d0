// SPDX-License-Identifier: Apache-2.0
//
// Readings: what the probes and the gate saw since the last tick, before anything is derived.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/state/quantity.h"
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

// A source of measurements, by its place in the catalogue: of two that measure the same, the
// earlier one counts. Several of one kind measure different devices.
struct SourceId {
    std::uint16_t kind = 0;
    std::uint16_t instance = 0;
    auto operator<=>(const SourceId&) const = default;
};

// What is measured. The parts of one place (channels, ports, dies) add up.
struct Subject {
    Place place{};
    Quantity quantity{};
    SourceId source{};
    std::uint64_t part = 0;
    auto operator<=>(const Subject&) const = default;
};

// How it was measured, and for how long that holds.
struct Testimony {
    Origin origin{};  // Or why there is no value.
    Confidence confidence = Confidence::counter;
    bool emulated = false;
    TimePoint taken{};
    Duration valid_for{};  // Later the quantity is unknown: its source has fallen silent.
};

// A count that only grows.
struct CounterReading {
    Subject subject{};
    Testimony by{};
    std::optional<std::uint64_t> count{};
    double unit = 1;  // What one count means, in the quantity's unit: 64 for lines of 64 bytes.
    std::uint8_t bits = 64;  // It wraps at 2 to the power of this.
    // For how long it was asked for, and for how long it really counted; both 0 when it always
    // does.
    Duration enabled{};
    Duration running{};
};

// A value that the source has worked out itself. For a quantity that flows it is the rate.
struct LevelReading {
    Subject subject{};
    Testimony by{};
    std::optional<double> value{};
};

// The driver has taken all queues off a device once, which it does to suspend or resume a single
// one. Only calls that succeeded.
struct UnmapReading {
    GpuId gpu{};
    Duration took{};
    TimePoint taken{};  // When it was over.
};

// A source's standing has changed.
struct SourceNews {
    SourceId source{};
    SourceState state{};
};

// What an owner's process says of itself at present.
struct HintReading {
    OwnerId owner{};
    Hints hints{};
};

struct Readings {
    // Keeps the memory: the next tick fills it again.
    void clear();

    std::vector<Device> devices{};            // Filled in the first reading and when they change.
    std::vector<QueueEvent> queue_events{};   // In the order in which they happened.
    std::vector<wire::FromGate> gate_news{};  // Adopted, Acted and Sampled, in order of arrival.
    std::vector<CounterReading> counters{};
    std::vector<LevelReading> levels{};
    std::vector<SourceId> reopened{};  // Their former readings mean nothing any more.
    std::vector<SourceNews> sources{};
    std::vector<HintReading> hints{};
    std::vector<UnmapReading> unmaps{};  // Since the last reading; empty where none are seen.
};

}  // namespace penstock
