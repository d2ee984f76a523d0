// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/accelerators.h"

#include <optional>

#include "base/text.h"
#include "kmod-helpers/topology.h"

namespace penstock {
namespace {

const std::string topology_nodes = "sys/class/kfd/kfd/topology/nodes";

std::optional<std::uint32_t> number_in(const std::string& properties, std::string_view key) {
    const auto value = value_of(properties, key);
    return value ? parse_number<std::uint32_t>(*value) : std::optional<std::uint32_t>(0);
}

// From its format 2 on, gpu_metrics is that of an APU, whose memory is the machine's.
bool is_apu(Machine& machine, const std::string& render_path) {
    constexpr std::size_t format_offset = 2;
    constexpr char first_apu_format = 2;
    const Result<std::string> metrics = machine.read(render_path + "/device/gpu_metrics");
    return metrics && metrics->size() > format_offset &&
           (*metrics)[format_offset] >= first_apu_format;
}

// Nothing for a processor's node, and for one whose files make no sense.
std::optional<Accelerator> accelerator_at(Machine& machine, std::uint32_t node) {
    const std::string folder = topology_nodes + '/' + std::to_string(node);
    const Result<std::string> id_text = machine.read(folder + "/gpu_id");
    const auto gpu_id = id_text ? parse_number<std::uint32_t>(trimmed(*id_text)) : std::nullopt;
    if (!gpu_id || *gpu_id == 0) {
        return std::nullopt;
    }
    const Result<std::string> properties = machine.read(folder + "/properties");
    if (!properties) {
        return std::nullopt;
    }
    const auto version = number_in(*properties, "gfx_target_version");
    const auto render_minor = number_in(*properties, "drm_render_minor");
    if (!version || !render_minor) {
        return std::nullopt;
    }
    Accelerator found{.place = {.gpu = {*gpu_id}, .topology_node = node},
                      .name = kfd::gfx_name(*version)};
    if (*render_minor != 0) {
        found.place.render_path = "sys/class/drm/renderD" + std::to_string(*render_minor);
        found.place.apu = is_apu(machine, found.place.render_path);
    }
    return found;
}

}  // namespace

std::vector<Accelerator> find_accelerators(Machine& machine) {
    std::vector<Accelerator> found;
    const Result<std::vector<std::string>> names = machine.list(topology_nodes);
    if (!names || names->size() > kfd::max_topology_nodes) {
        return found;
    }
    for (const std::string& name : *names) {
        const auto node = parse_number<std::uint32_t>(name);
        auto accelerator = node ? accelerator_at(machine, *node) : std::nullopt;
        if (accelerator) {
            found.push_back(std::move(*accelerator));
        }
    }
    return found;
}

Surroundings surroundings_of(const std::vector<Accelerator>& accelerators, bool emulated) {
    Surroundings around{.emulated = emulated};
    for (const Accelerator& accelerator : accelerators) {
        around.devices.push_back(accelerator.place);
    }
    return around;
}

}  // namespace penstock
