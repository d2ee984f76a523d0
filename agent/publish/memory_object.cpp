// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/memory_object.h"

#include <array>

#include "agent/publish/figures.h"
#include "agent/publish/vtable.h"
#include "base/text.h"

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

std::uint64_t read_rate(const Self& self) {
    return rate_of(self.node.read);
}

std::uint64_t write_rate(const Self& self) {
    return rate_of(self.node.written);
}

std::uint64_t peak_rate(const Self& self) {
    return rate_of(self.node.peak);
}

double utilization(const Self& self) {
    return self.node.utilization.value.value_or(unknown_ratio);
}

bool emulated(const Self& self) {
    return self.node.emulated;
}

}  // namespace

std::vector<std::string> sources_of(const MemoryObject& memory) {
    std::vector<std::string> names;
    for (const Sample<BytesPerSecond>* sample : {&memory.node.read, &memory.node.written}) {
        const std::string name = printable(sample->source.text(), longest_string);
        if (sample->value && (names.empty() || names.back() != name)) {
            names.push_back(name);
        }
    }
    return names;
}

const sd_bus_vtable* memory_vtable() {
    static constexpr std::array table{
        table_start(),
        property<numa_node>("NumaNode", never_changes),
        property<sources>("Sources", announced),
        property<unknown_reason>("UnknownReason", not_announced),
        property<read_rate>("ReadBytesPerSecond", not_announced),
        property<write_rate>("WriteBytesPerSecond", not_announced),
        property<utilization>("Utilization", not_announced),
        property<peak_rate>("PeakBytesPerSecond", announced),
        property<emulated>("Emulated", never_changes),
        table_end(),
    };
    return table.data();
}

}  // namespace penstock::dbus
