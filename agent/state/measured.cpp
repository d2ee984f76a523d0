// SPDX-License-Identifier: Apache-2.0

#include "agent/state/measured.h"

#include <array>
#include <cmath>
#include <type_traits>

#include "agent/state/sorted.h"
#include "agent/state/traffic.h"

namespace penstock {
namespace {

using Known = QuantityBook::Known;

template <typename T>
void set(Sample<T>& sample, const Sample<double>& from) {
    sample.source = from.source;
    sample.confidence = from.confidence;
    sample.taken = from.taken;
    sample.value.reset();
    if (!from.value || (*from.value < 0 && !std::is_same_v<T, double>)) {
        return;
    }
    if constexpr (std::is_same_v<T, BytesPerSecond>) {
        sample.value = BytesPerSecond{static_cast<std::uint64_t>(std::llround(*from.value))};
    } else if constexpr (std::is_integral_v<T>) {
        sample.value = static_cast<T>(std::llround(*from.value));
    } else {
        sample.value = from.value;
    }
}

// Which quantity goes where. A total is what has flowed since the first reading.
template <typename Item, typename T>
struct Field {
    Quantity quantity{};
    Sample<T> Item::* sample{};
    bool total = false;
};

template <typename Item>
using RateField = Field<Item, BytesPerSecond>;
template <typename Item>
using CountField = Field<Item, std::uint64_t>;
template <typename Item>
using ValueField = Field<Item, double>;

constexpr std::array node_rates{
    RateField<MemoryNode>{Quantity::dram_read, &MemoryNode::read},
    RateField<MemoryNode>{Quantity::dram_written, &MemoryNode::written},
    RateField<MemoryNode>{Quantity::dram_total, &MemoryNode::total},
    RateField<MemoryNode>{Quantity::dram_cpu, &MemoryNode::cpu},
    RateField<MemoryNode>{Quantity::dram_gpu, &MemoryNode::gpu},
    RateField<MemoryNode>{Quantity::dram_io, &MemoryNode::io},
    RateField<MemoryNode>{Quantity::dram_peak, &MemoryNode::peak},
};
constexpr std::array node_values{
    ValueField<MemoryNode>{Quantity::memory_pressure, &MemoryNode::pressure},
    ValueField<MemoryNode>{Quantity::concurrency_gain, &MemoryNode::concurrency_gain},
};
constexpr std::array package_rates{
    RateField<Package>{Quantity::link_received, &Package::pcie_received},
    RateField<Package>{Quantity::link_sent, &Package::pcie_sent},
};
constexpr std::array package_values{
    ValueField<Package>{Quantity::energy_package, &Package::power},
    ValueField<Package>{Quantity::energy_package, &Package::energy, true},
    ValueField<Package>{Quantity::energy_cores, &Package::cores_power},
    ValueField<Package>{Quantity::energy_memory, &Package::memory_power},
    ValueField<Package>{Quantity::energy_graphics, &Package::graphics_power},
    ValueField<Package>{Quantity::energy_platform, &Package::platform_power},
    ValueField<Package>{Quantity::power_cores, &Package::cores_power},
    ValueField<Package>{Quantity::power_graphics, &Package::graphics_power},
};
constexpr std::array device_rates{
    RateField<DeviceUse>{Quantity::link_received, &DeviceUse::pcie_received},
    RateField<DeviceUse>{Quantity::link_sent, &DeviceUse::pcie_sent},
    RateField<DeviceUse>{Quantity::link_capacity, &DeviceUse::pcie_capacity},
};
constexpr std::array device_counts{
    CountField<DeviceUse>{Quantity::vram_used, &DeviceUse::vram},
    CountField<DeviceUse>{Quantity::vram_capacity, &DeviceUse::vram_capacity},
    CountField<DeviceUse>{Quantity::gtt_used, &DeviceUse::gtt},
    CountField<DeviceUse>{Quantity::gtt_capacity, &DeviceUse::gtt_capacity},
    CountField<DeviceUse>{Quantity::resets, &DeviceUse::resets},
};
constexpr std::array device_values{
    ValueField<DeviceUse>{Quantity::busy, &DeviceUse::busy},
    ValueField<DeviceUse>{Quantity::temperature, &DeviceUse::temperature},
    ValueField<DeviceUse>{Quantity::energy_device, &DeviceUse::power},
    ValueField<DeviceUse>{Quantity::energy_device, &DeviceUse::energy, true},
    ValueField<DeviceUse>{Quantity::power_device, &DeviceUse::power},
    ValueField<DeviceUse>{Quantity::power_device, &DeviceUse::energy, true},
};
constexpr std::array owner_rates{
    RateField<OwnerUse>{Quantity::dram_total, &OwnerUse::dram},
};
constexpr std::array owner_counts{
    CountField<OwnerUse>{Quantity::vram_used, &OwnerUse::vram},
    CountField<OwnerUse>{Quantity::gtt_used, &OwnerUse::gtt},
};
constexpr std::array owner_values{
    ValueField<OwnerUse>{Quantity::gpu_time, &OwnerUse::gpu_share},
    ValueField<OwnerUse>{Quantity::cpu_time, &OwnerUse::cpu_share},
    ValueField<OwnerUse>{Quantity::compute_units_used, &OwnerUse::compute_units},
    ValueField<OwnerUse>{Quantity::progress, &OwnerUse::progress},
};

template <typename Fields, typename Item>
void clear(const Fields& fields, Item& item) {
    for (const auto& field : fields) {
        (item.*field.sample).value.reset();
        (item.*field.sample).source = "no source measures it on this machine";
    }
}

// What is known already stays: quantities come in their order, exact ones first.
template <typename Fields, typename Item>
void write(const Fields& fields, Quantity quantity, const Known& known, Item& item) {
    for (const auto& field : fields) {
        if (field.quantity == quantity && !(item.*field.sample).value) {
            set(item.*field.sample, field.total ? known.total : known.now);
        }
    }
}

void forget(MemoryNode& node) {
    clear(node_rates, node);
    clear(node_values, node);
    node.devices.value.reset();
    node.utilization.value.reset();
    node.devices.source = "what processors did not ask for is not measured";
    node.utilization.source = "traffic or peak is unknown";
}

void forget(Package& package) {
    clear(package_rates, package);
    clear(package_values, package);
}

void forget(DeviceUse& use) {
    clear(device_rates, use);
    clear(device_counts, use);
    clear(device_values, use);
}

void forget(OwnerUse& use) {
    clear(owner_rates, use);
    clear(owner_counts, use);
    clear(owner_values, use);
    use.progress.source = "its process reports no progress";
}

void write(Quantity quantity, const Known& known, MemoryNode& node, BusClocks& clocks) {
    node.emulated = node.emulated || known.emulated;
    write(node_rates, quantity, known, node);
    write(node_values, quantity, known, node);
    if (quantity == Quantity::dram_clocks) {
        clocks.clocks = known.now;
    } else if (quantity == Quantity::dram_slots) {
        clocks.slots = known.now;
    }
}

void write(Quantity quantity, const Known& known, Package& package) {
    write(package_rates, quantity, known, package);
    write(package_values, quantity, known, package);
}

void write(Quantity quantity, const Known& known, DeviceUse& use) {
    write(device_rates, quantity, known, use);
    write(device_counts, quantity, known, use);
    write(device_values, quantity, known, use);
}

void write(Quantity quantity, const Known& known, OwnerUse& use) {
    write(owner_rates, quantity, known, use);
    write(owner_counts, quantity, known, use);
    write(owner_values, quantity, known, use);
}

// The place's entry; made when it is new. A node that was measured once stays in the snapshot, with
// unknown values and their reasons, when its source is gone: that it is not measured is news too.
template <typename Item>
Item& settled(std::vector<Item>& items, std::uint64_t number) {
    const auto wanted = static_cast<std::uint32_t>(number);
    Item* found = find_sorted(items, wanted, &Item::number);
    if (found == nullptr) {
        Item fresh;
        fresh.number = wanted;
        forget(fresh);
        insert_sorted(items, std::move(fresh), &Item::number);
        found = find_sorted(items, wanted, &Item::number);
    }
    return *found;
}

// All that is known of the place, written over what was.
template <typename Item>
void rewrite(const QuantityBook& book, const Place& place, Item& item) {
    forget(item);
    book.each_at(place,
                 [&](Quantity quantity, const Known& known) { write(quantity, known, item); });
}

void rewrite_node(const QuantityBook& book, const Place& place, MemoryNode& node) {
    forget(node);
    BusClocks clocks;
    book.each_at(place, [&](Quantity quantity, const Known& known) {
        write(quantity, known, node, clocks);
    });
    derive_traffic(node, clocks);
}

// Of what is known by an identity, only what the snapshot has is written.
template <typename Known>
void rewrite_use(const QuantityBook& book, const Place& place, Known* known) {
    if (known != nullptr) {
        rewrite(book, place, known->use);
    }
}

void rewrite_place(const QuantityBook& book, const Place& place, Snapshot& snapshot) {
    const GpuId gpu{static_cast<std::uint32_t>(place.number)};
    const OwnerId owner{place.number};
    switch (place.kind) {
        case Place::Kind::memory_node:
            rewrite_node(book, place, settled(snapshot.memory, place.number));
            break;
        case Place::Kind::package:
            rewrite(book, place, settled(snapshot.packages, place.number));
            break;
        case Place::Kind::device:
            rewrite_use(book, place, find_sorted(snapshot.devices, gpu, &Device::gpu));
            break;
        case Place::Kind::owner:
            rewrite_use(book, place, find_sorted(snapshot.owners, owner, &Owner::id));
            break;
        case Place::Kind::machine:
            break;
    }
}

}  // namespace

void write_measurements(QuantityBook& book, Snapshot& snapshot) {
    for (const Place& place : book.stirred()) {
        rewrite_place(book, place, snapshot);
    }
    book.settle();
}

}  // namespace penstock
