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

constexpr std::array memory_names{
    FigureName{"ReadBytesPerSecond", "read_bytes_per_second", amount},
    FigureName{"WriteBytesPerSecond", "write_bytes_per_second", amount},
    FigureName{"TotalBytesPerSecond", "total_bytes_per_second", amount},
    FigureName{"CpuBytesPerSecond", "cpu_bytes_per_second", amount},
    FigureName{"GpuBytesPerSecond", "gpu_bytes_per_second", amount},
    FigureName{"IoBytesPerSecond", "io_bytes_per_second", amount},
    FigureName{"DevicesBytesPerSecond", "devices_bytes_per_second", amount},
    FigureName{"PeakBytesPerSecond", "peak_bytes_per_second", amount},
    FigureName{"Utilization", "utilization", ratio},
    FigureName{"Pressure", "pressure", ratio},
};
constexpr std::array gpu_names{
    FigureName{"PcieRxBytesPerSecond", "pcie_rx_bytes_per_second", amount},
    FigureName{"PcieTxBytesPerSecond", "pcie_tx_bytes_per_second", amount},
    FigureName{"PcieCapacityBytesPerSecond", "pcie_capacity_bytes_per_second", amount},
    FigureName{"VramUsedBytes", "vram_used_bytes", amount},
    FigureName{"VramCapacityBytes", "vram_capacity_bytes", amount},
    FigureName{"GttUsedBytes", "gtt_used_bytes", amount},
    FigureName{"GttCapacityBytes", "gtt_capacity_bytes", amount},
    FigureName{"Busy", "busy", ratio},
    FigureName{"PowerWatts", "power_watts", ratio},
    FigureName{"TemperatureCelsius", "temperature_celsius", celsius},
    FigureName{"EnergyJoules", "energy_joules", ratio},
    FigureName{"Resets", "resets", amount},
};
constexpr std::array process_names{
    FigureName{"DramBytesPerSecond", "dram_bytes_per_second", amount},
    FigureName{"VramUsedBytes", "vram_used_bytes", amount},
    FigureName{"GttUsedBytes", "gtt_used_bytes", amount},
    FigureName{"GpuShare", "gpu_share", ratio},
    FigureName{"CpuShare", "cpu_share", ratio},
    FigureName{"ComputeUnitsUsed", "compute_units_used", ratio},
    FigureName{"EnergyJoules", "energy_joules", ratio},
    FigureName{"ProgressPerSecond", "progress_per_second", ratio},
    FigureName{"ProgressOfBest", "progress_of_best", ratio},
};
constexpr std::array package_names{
    FigureName{"PowerWatts", "power_watts", ratio},
    FigureName{"EnergyJoules", "energy_joules", ratio},
    FigureName{"CoresPowerWatts", "cores_power_watts", ratio},
    FigureName{"MemoryPowerWatts", "memory_power_watts", ratio},
    FigureName{"GraphicsPowerWatts", "graphics_power_watts", ratio},
    FigureName{"PlatformPowerWatts", "platform_power_watts", ratio},
    FigureName{"PcieRxBytesPerSecond", "pcie_rx_bytes_per_second", amount},
    FigureName{"PcieTxBytesPerSecond", "pcie_tx_bytes_per_second", amount},
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
        FigureView figure{.key = name.key};
        if (const auto found = members.find(name.member); found != members.end()) {
            figure.value = value_of(*found, name.kind);
        }
        if (const json* origin = origin_of(members, name.member)) {
            if (figure.value) {
                figure.confidence =
                    printable((*origin)[1].get_ref<const std::string&>(), longest_string);
            }
            figure.source = printable((*origin)[2].get_ref<const std::string&>(), longest_string);
        }
        figures.push_back(std::move(figure));
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
        json& value = into[figure.key];
        if (figure.value) {
            std::visit([&](const auto number) { value = number; }, *figure.value);
        }
        const bool confident = !figure.confidence.empty();
        origins[figure.key] = {{"confidence", confident ? json(figure.confidence) : json()},
                               {"source", figure.source}};
    }
    into["origins"] = std::move(origins);
}

}  // namespace penstock::ctl
