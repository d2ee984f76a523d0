// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/figure_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace penstock::ctl {
namespace {

using nlohmann::json;
using enum FigureKind;

constexpr std::size_t longest_string = 256;
constexpr std::uint64_t unknown_amount = std::numeric_limits<std::uint64_t>::max();

constexpr FigureName named(const char* member, const char* key, FigureKind kind) {
    return {.member = member, .key = key, .kind = kind};
}

constexpr std::array memory_names{
    named("ReadBytesPerSecond", "read_bytes_per_second", amount),
    named("WriteBytesPerSecond", "write_bytes_per_second", amount),
    named("TotalBytesPerSecond", "total_bytes_per_second", amount),
    named("CpuBytesPerSecond", "cpu_bytes_per_second", amount),
    named("GpuBytesPerSecond", "gpu_bytes_per_second", amount),
    named("IoBytesPerSecond", "io_bytes_per_second", amount),
    named("DevicesBytesPerSecond", "devices_bytes_per_second", amount),
    named("PeakBytesPerSecond", "peak_bytes_per_second", amount),
    named("Utilization", "utilization", ratio),
    named("Pressure", "pressure", ratio),
};
constexpr std::array gpu_names{
    named("PcieRxBytesPerSecond", "pcie_rx_bytes_per_second", amount),
    named("PcieTxBytesPerSecond", "pcie_tx_bytes_per_second", amount),
    named("PcieCapacityBytesPerSecond", "pcie_capacity_bytes_per_second", amount),
    named("VramUsedBytes", "vram_used_bytes", amount),
    named("VramCapacityBytes", "vram_capacity_bytes", amount),
    named("GttUsedBytes", "gtt_used_bytes", amount),
    named("GttCapacityBytes", "gtt_capacity_bytes", amount),
    named("Busy", "busy", ratio),
    named("PowerWatts", "power_watts", ratio),
    named("TemperatureCelsius", "temperature_celsius", celsius),
    named("EnergyJoules", "energy_joules", ratio),
    named("Resets", "resets", amount),
};
constexpr std::array process_names{
    named("DramBytesPerSecond", "dram_bytes_per_second", amount),
    named("VramUsedBytes", "vram_used_bytes", amount),
    named("GttUsedBytes", "gtt_used_bytes", amount),
    named("GpuShare", "gpu_share", ratio),
    named("CpuShare", "cpu_share", ratio),
    named("ComputeUnitsUsed", "compute_units_used", ratio),
    named("EnergyJoules", "energy_joules", ratio),
    named("ProgressPerSecond", "progress_per_second", ratio),
    named("ProgressOfBest", "progress_of_best", ratio),
};
constexpr std::array package_names{
    named("PowerWatts", "power_watts", ratio),
    named("EnergyJoules", "energy_joules", ratio),
    named("CoresPowerWatts", "cores_power_watts", ratio),
    named("MemoryPowerWatts", "memory_power_watts", ratio),
    named("GraphicsPowerWatts", "graphics_power_watts", ratio),
    named("PlatformPowerWatts", "platform_power_watts", ratio),
    named("PcieRxBytesPerSecond", "pcie_rx_bytes_per_second", amount),
    named("PcieTxBytesPerSecond", "pcie_tx_bytes_per_second", amount),
};

std::optional<std::variant<std::uint64_t, double>> value_of(const json& value, FigureKind kind) {
    if (kind == amount) {
        if (!value.is_number_unsigned() || value == unknown_amount) {
            return std::nullopt;
        }
        return value.get<std::uint64_t>();
    }
    if (!value.is_number()) {
        return std::nullopt;
    }
    const auto number = value.get<double>();
    const bool known = std::isfinite(number) && (kind == celsius || number >= 0);
    return known ? std::optional<std::variant<std::uint64_t, double>>(number) : std::nullopt;
}

// The row of Origins about the member; null when there is none.
const json* origin_of(const json& members, std::string_view member) {
    const auto rows = members.find("Origins");
    if (rows == members.end() || !rows->is_array()) {
        return nullptr;
    }
    const auto found = std::ranges::find_if(*rows, [&](const json& row) {
        return row.is_array() && row.size() == 3 && row[0] == member && row[1].is_string() &&
               row[2].is_string();
    });
    return found == rows->end() ? nullptr : &*found;
}

FigureView figure_from(const json& members, const FigureName& name) {
    FigureView figure{.key = name.key};
    if (const auto found = members.find(name.member); found != members.end()) {
        figure.value = value_of(*found, name.kind);
    }
    const json* origin = origin_of(members, name.member);
    if (origin == nullptr) {
        return figure;
    }
    if (figure.value) {
        figure.confidence = printable((*origin)[1].get_ref<const std::string&>(), longest_string);
    }
    figure.source = printable((*origin)[2].get_ref<const std::string&>(), longest_string);
    return figure;
}

json number_of(const FigureView& figure) {
    json value;
    if (figure.value) {
        std::visit([&](const auto number) { value = number; }, *figure.value);
    }
    return value;
}

json origin_of(const FigureView& figure) {
    const bool confident = !figure.confidence.empty();
    return {{"confidence", confident ? json(figure.confidence) : json()},
            {"source", figure.source}};
}

}  // namespace

std::span<const FigureName> memory_figures() {
    return memory_names;
}

std::span<const FigureName> gpu_figures() {
    return gpu_names;
}

std::span<const FigureName> process_figures() {
    return process_names;
}

std::span<const FigureName> package_figures() {
    return package_names;
}

std::vector<FigureView> figures_from(const json& members, std::span<const FigureName> names) {
    std::vector<FigureView> figures;
    for (const FigureName& name : names) {
        figures.push_back(figure_from(members, name));
    }
    return figures;
}

const FigureView* find_figure(const std::vector<FigureView>& figures, std::string_view key) {
    const auto found = std::ranges::find(figures, key, &FigureView::key);
    return found == figures.end() ? nullptr : &*found;
}

void add_figures(const std::vector<FigureView>& figures, json& into) {
    json origins = json::object();
    for (const FigureView& figure : figures) {
        into[figure.key] = number_of(figure);
        origins[figure.key] = origin_of(figure);
    }
    into["origins"] = std::move(origins);
}

}  // namespace penstock::ctl
