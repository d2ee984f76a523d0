// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/gpu_object.h"

#include <array>

#include "agent/publish/figures.h"
#include "agent/publish/vtable.h"
#include "base/text.h"

namespace penstock::dbus {
namespace {

using Self = GpuObject;

std::uint32_t gpu_id(const Self& self) {
    return self.device.gpu.value;
}

std::string name(const Self& self) {
    return printable(self.device.name, longest_string);
}

bool emulated(const Self& self) {
    return self.device.emulated;
}

std::uint64_t received_rate(const Self& self) {
    return rate_of(self.device.pcie_received);
}

std::uint64_t sent_rate(const Self& self) {
    return rate_of(self.device.pcie_sent);
}

std::uint32_t queue_count(const Self& self) {
    return self.queues;
}

}  // namespace

const sd_bus_vtable* gpu_vtable() {
    static constexpr std::array table{
        table_start(),
        property<gpu_id>("GpuId", never_changes),
        property<name>("Name", never_changes),
        property<emulated>("Emulated", never_changes),
        property<received_rate>("PcieRxBytesPerSecond", not_announced),
        property<sent_rate>("PcieTxBytesPerSecond", not_announced),
        property<queue_count>("NQueues", announced),
        table_end(),
    };
    return table.data();
}

}  // namespace penstock::dbus
