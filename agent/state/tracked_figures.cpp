// SPDX-License-Identifier: Apache-2.0

#include "agent/state/tracked_figures.h"

#include <array>
#include <optional>
#include <type_traits>

namespace penstock {
namespace {

template <typename Item>
struct Row {
    TrackedWords words;
    std::optional<double> (*value)(const Item& item);
};

template <typename T>
std::optional<double> number(const Sample<T>& sample) {
    if (!sample.value) {
        return std::nullopt;
    }
    if constexpr (std::is_same_v<T, BytesPerSecond>) {
        return static_cast<double>(sample.value->value);
    } else {
        return static_cast<double>(*sample.value);
    }
}

std::optional<double> number(std::uint32_t count) {
    return count;
}

template <typename Item, typename Figure>
Item item_of(Figure Item::* figure);

template <auto figure>
using ItemOf = decltype(item_of(figure));

template <auto figure>
std::optional<double> value_of(const ItemOf<figure>& item) {
    return number(item.*figure);
}

template <auto figure>
constexpr Row<ItemOf<figure>> row(std::string_view name,
                                  std::string_view unit,
                                  std::string_view sentence) {
    return {.words = {.name = name, .unit = unit, .sentence = sentence},
            .value = &value_of<figure>};
}

constexpr std::array machine_rows{
    row<&QueueCounts::all>("queues", "1", "queues of all processes"),
    row<&QueueCounts::suspended>("queues-suspended", "1", "queues that are suspended"),
};
constexpr std::array node_rows{
    row<&MemoryNode::read>("read", "B/s", "what is read from the node's DRAM"),
    row<&MemoryNode::written>("write", "B/s", "what is written to the node's DRAM"),
    row<&MemoryNode::total>("total", "B/s", "what is read and written"),
    row<&MemoryNode::cpu>("cpu", "B/s", "what processors read and write"),
    row<&MemoryNode::gpu>("gpu", "B/s", "what GPUs read and write"),
    row<&MemoryNode::io>("io", "B/s", "what IO devices read and write"),
    row<&MemoryNode::devices>("devices", "B/s", "what GPUs and IO devices read and write"),
    row<&MemoryNode::utilization>("utilization", "1", "the traffic as a share of the peak"),
    row<&MemoryNode::pressure>(
        "pressure", "1", "pressure on the memory: 0 as calibrated alone, 1 as saturated"),
};
constexpr std::array package_rows{
    row<&Package::power>("power", "W", "power of the package"),
    row<&Package::cores_power>("cores-power", "W", "power of its cores"),
    row<&Package::memory_power>("memory-power", "W", "power of its memory"),
    row<&Package::graphics_power>("graphics-power", "W", "power of its graphics"),
    row<&Package::platform_power>("platform-power", "W", "power of the whole machine"),
    row<&Package::pcie_received>("pcie-rx", "B/s", "what the package's devices receive over PCIe"),
    row<&Package::pcie_sent>("pcie-tx", "B/s", "what the package's devices send over PCIe"),
};
constexpr std::array device_rows{
    row<&DeviceUse::busy>("busy", "1", "share of time that the device computes"),
    row<&DeviceUse::pcie_received>("pcie-rx", "B/s", "what the device receives over PCIe"),
    row<&DeviceUse::pcie_sent>("pcie-tx", "B/s", "what the device sends over PCIe"),
    row<&DeviceUse::power>("power", "W", "power of the device"),
    row<&DeviceUse::temperature>("temperature", "degC", "temperature of the device"),
    row<&DeviceUse::vram>("vram", "B", "what is in use of the device's VRAM"),
    row<&DeviceUse::gtt>("gtt", "B", "what the device uses of the machine's memory"),
};

template <typename Rows, typename Item>
void add_known(const Rows& rows,
               const Place& place,
               const Item& item,
               std::vector<TrackedValue>& into) {
    std::uint8_t at = 0;
    for (const auto& each : rows) {
        if (const std::optional<double> value = each.value(item)) {
            into.push_back({.figure = {.place = place, .row = at}, .value = *value});
        }
        ++at;
    }
}

std::string_view folder_of(Place::Kind kind) {
    switch (kind) {
        case Place::Kind::memory_node:
            return "memory/";
        case Place::Kind::package:
            return "package/";
        case Place::Kind::device:
            return "gpu/";
        case Place::Kind::machine:
        case Place::Kind::owner:
            break;
    }
    return "";
}

}  // namespace

void read_tracked(const Snapshot& seen,
                  const QueueCounts& queues,
                  std::vector<TrackedValue>& into) {
    into.clear();
    add_known(machine_rows, Place{}, queues, into);
    for (const MemoryNode& node : seen.memory) {
        add_known(node_rows, memory_node(node.number), node, into);
    }
    for (const Package& each : seen.packages) {
        add_known(package_rows, package(each.number), each, into);
    }
    for (const Device& device : seen.devices) {
        add_known(device_rows, place_of(device.gpu), device.use, into);
    }
}

const TrackedWords& words_of(const TrackedFigure& figure) {
    switch (figure.place.kind) {
        case Place::Kind::memory_node:
            return node_rows.at(figure.row).words;
        case Place::Kind::package:
            return package_rows.at(figure.row).words;
        case Place::Kind::device:
            return device_rows.at(figure.row).words;
        case Place::Kind::machine:
        case Place::Kind::owner:  // Nothing is tracked of single owners.
            break;
    }
    return machine_rows.at(figure.row).words;
}

std::string name_of(const TrackedFigure& figure) {
    std::string name(folder_of(figure.place.kind));
    if (!name.empty()) {
        name += std::to_string(figure.place.number) + '/';
    }
    return name += words_of(figure).name;
}

}  // namespace penstock
