// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/memory_object.h"

#include <array>

#include "agent/publish/board_requests.h"
#include "agent/publish/figures.h"
#include "agent/publish/lease_desk.h"
#include "agent/publish/origins.h"
#include "agent/publish/vtable.h"
#include "base/text.h"
#include "policies/metrics_line.h"

namespace penstock::dbus {
namespace {

using Self = MemoryObject;

std::uint32_t numa_node(const Self& self) {
    return self.node.number;
}

std::vector<std::string> sources(const Self& self) {
    return sources_of(self);
}

// An unknown sample says why it is unknown where others name their source.
std::string unknown_reason(const Self& self) {
    if (!self.node.read.value) {
        return printable(self.node.read.source.text(), longest_string);
    }
    return self.node.written.value ? ""
                                   : printable(self.node.written.source.text(), longest_string);
}

template <Sample<BytesPerSecond> MemoryNode::* figure>
std::uint64_t rate(const Self& self) {
    return rate_of(self.node.*figure);
}

template <Sample<double> MemoryNode::* figure>
double ratio(const Self& self) {
    return ratio_of(self.node.*figure);
}

std::string peak_source(const Self& self) {
    return peak_source_of(self);
}

std::vector<OriginRow> origins(const Self& self) {
    const MemoryNode& node = self.node;
    return {origin_of("ReadBytesPerSecond", node.read),
            origin_of("WriteBytesPerSecond", node.written),
            origin_of("TotalBytesPerSecond", node.total),
            origin_of("CpuBytesPerSecond", node.cpu),
            origin_of("GpuBytesPerSecond", node.gpu),
            origin_of("IoBytesPerSecond", node.io),
            origin_of("DevicesBytesPerSecond", node.devices),
            origin_of("PeakBytesPerSecond", node.peak),
            origin_of("Utilization", node.utilization),
            origin_of("Pressure", node.pressure),
            origin_of("ConcurrencyGain", node.concurrency_gain)};
}

bool emulated(const Self& self) {
    return self.node.emulated;
}

std::uint32_t throttle_level(const Self& self) {
    return static_cast<std::uint32_t>(self.node.throttle.level);
}

double batch_scale(const Self& self) {
    return self.node.throttle.batch_scale;
}

double target_utilization(const Self& self) {
    return self.node.throttle.target;
}

}  // namespace

std::vector<std::string> sources_of(const MemoryObject& memory) {
    return traffic_sources(memory.node);
}

std::string peak_source_of(const MemoryObject& memory) {
    const Sample<BytesPerSecond>& peak = memory.node.peak;
    return peak.value ? printable(peak.source.text(), longest_string) : "";
}

std::uint64_t leased_of(const MemoryObject& memory) {
    return memory.surface.leases->ledger().granted({.number = memory.node.number});
}

const sd_bus_vtable* memory_vtable() {
    static constexpr std::array table{
        table_start(),
        property<numa_node>("NumaNode", never_changes),
        property<sources>("Sources", announced),
        property<unknown_reason>("UnknownReason", not_announced),
        property<rate<&MemoryNode::read>>("ReadBytesPerSecond", not_announced),
        property<rate<&MemoryNode::written>>("WriteBytesPerSecond", not_announced),
        property<rate<&MemoryNode::total>>("TotalBytesPerSecond", not_announced),
        property<rate<&MemoryNode::cpu>>("CpuBytesPerSecond", not_announced),
        property<rate<&MemoryNode::gpu>>("GpuBytesPerSecond", not_announced),
        property<rate<&MemoryNode::io>>("IoBytesPerSecond", not_announced),
        property<rate<&MemoryNode::devices>>("DevicesBytesPerSecond", not_announced),
        property<ratio<&MemoryNode::utilization>>("Utilization", not_announced),
        property<ratio<&MemoryNode::pressure>>("Pressure", not_announced),
        property<ratio<&MemoryNode::concurrency_gain>>("ConcurrencyGain", not_announced),
        property<rate<&MemoryNode::peak>>("PeakBytesPerSecond", announced),
        property<peak_source>("PeakSource", announced),
        property<leased_of>("LeasedBytesPerSecond", announced),
        property<origins>("Origins", not_announced),
        property<emulated>("Emulated", never_changes),
        property<throttle_level>("ThrottleLevel", announced),
        property<batch_scale>("BatchScale", not_announced),
        writable_property<target_utilization, set_target_utilization>("TargetUtilization"),
        table_end(),
    };
    return table.data();
}

}  // namespace penstock::dbus
