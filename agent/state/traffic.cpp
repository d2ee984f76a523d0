// SPDX-License-Identifier: Apache-2.0

#include "agent/state/traffic.h"

#include <algorithm>
#include <cmath>

namespace penstock {
namespace {

constexpr double bytes_per_clock = 16;
constexpr double slots_per_clock = 2;

template <typename T>
void derive(Sample<T>& into, T value, Origin how, TimePoint taken) {
    into = {.value = value,
            .source = std::move(how),
            .confidence = Confidence::derived,
            .taken = taken};
}

void derive_sum(Sample<BytesPerSecond>& into,
                const Sample<BytesPerSecond>& a,
                const Sample<BytesPerSecond>& b,
                Origin how) {
    if (!into.value && a.value && b.value) {
        derive(into,
               BytesPerSecond{a.value->value + b.value->value},
               std::move(how),
               std::min(a.taken, b.taken));
        into.confidence = std::max(a.confidence, b.confidence);
    }
}

// Processors' caches count what they fetch a moment earlier than the bus carries it.
void derive_rest(MemoryNode& node) {
    if (!node.devices.value && node.total.value && node.cpu.value) {
        const std::uint64_t total = node.total.value->value;
        const std::uint64_t cpu = std::min(total, node.cpu.value->value);
        derive(node.devices,
               BytesPerSecond{total - cpu},
               "all traffic less that of the processors",
               std::min(node.total.taken, node.cpu.taken));
        node.devices.confidence = Confidence::heuristic;
    }
}

void derive_use(MemoryNode& node, const BusClocks& clocks) {
    const bool clocked = clocks.clocks.value && *clocks.clocks.value > 0;
    if (!node.peak.value && clocked) {
        const double peak = *clocks.clocks.value * bytes_per_clock;
        derive(node.peak,
               BytesPerSecond{static_cast<std::uint64_t>(std::llround(peak))},
               "clocks of the memory bus, 16 bytes each",
               clocks.clocks.taken);
    }
    if (clocked && clocks.slots.value) {
        derive(node.utilization,
               *clocks.slots.value / slots_per_clock / *clocks.clocks.value,
               "slots of the memory bus that moved bytes",
               std::min(clocks.clocks.taken, clocks.slots.taken));
        node.utilization.confidence = clocks.slots.confidence;
    } else if (node.total.value && node.peak.value && node.peak.value->value > 0) {
        derive(node.utilization,
               static_cast<double>(node.total.value->value) /
                   static_cast<double>(node.peak.value->value),
               "traffic as a share of the peak",
               node.total.taken);
        node.utilization.confidence = node.total.confidence;
    }
}

}  // namespace

void derive_traffic(MemoryNode& node, const BusClocks& clocks) {
    derive_sum(node.total, node.read, node.written, "reads and writes");
    derive_sum(node.devices, node.gpu, node.io, "GPU and IO");
    derive_rest(node);
    derive_use(node, clocks);
}

}  // namespace penstock
