// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/topology.h"

#include <cerrno>
#include <optional>

#include "base/text.h"

namespace penstock::kfd {
namespace {

const std::string topology = "class/kfd/kfd/topology/nodes";

Result<std::uint32_t> read_gpu_id(const Tree& sysfs, const std::string& node) {
    const std::string file = node + "/gpu_id";
    const Result<std::string> text = sysfs.read(file);
    if (!text) {
        return std::unexpected(text.error());
    }
    const auto id = parse_number<std::uint32_t>(trimmed(*text));
    if (!id) {
        return fail(EINVAL, "read " + sysfs.path(file));
    }
    return *id;
}

// Properties that a kernel does not write keep the field's default; one that is written must be a
// number.
Result<> read_properties(const Tree& sysfs, const std::string& node, TopologyNode& into) {
    const std::string file = node + "/properties";
    const Result<std::string> text = sysfs.read(file);
    if (!text) {
        return std::unexpected(text.error());
    }

    struct Property {
        std::string_view key;
        std::uint32_t TopologyNode::* field;
    };

    constexpr Property properties[] = {
        {.key = "gfx_target_version", .field = &TopologyNode::gfx_target_version},
        {.key = "drm_render_minor", .field = &TopologyNode::render_minor},
        {.key = "simd_count", .field = &TopologyNode::simd_count},
        {.key = "simd_per_cu", .field = &TopologyNode::simds_per_cu},
        {.key = "num_xcc", .field = &TopologyNode::xcc_count},
        {.key = "capability", .field = &TopologyNode::capability},
    };
    for (const Property& property : properties) {
        const auto value = value_of(*text, property.key);
        if (!value) {
            continue;
        }
        const auto number = parse_number<std::uint32_t>(*value);
        if (!number) {
            return fail(EINVAL, "read " + std::string(property.key) + " in " + sysfs.path(file));
        }
        into.*property.field = *number;
    }
    return {};
}

Result<TopologyNode> read_node(const Tree& sysfs, std::uint32_t number) {
    const std::string node = topology + "/" + std::to_string(number);
    TopologyNode found{.number = number};
    const Result<std::uint32_t> gpu_id = read_gpu_id(sysfs, node);
    if (!gpu_id) {
        return std::unexpected(gpu_id.error());
    }
    found.gpu_id = *gpu_id;
    // The kernel shows properties as empty to whoever may not use the device's render node.
    if (Result<> read = read_properties(sysfs, node, found); !read) {
        return std::unexpected(std::move(read).error());
    }
    found.name = found.gpu_id == 0 ? "cpu" : gfx_name(found.gfx_target_version);
    return found;
}

}  // namespace

Result<std::vector<TopologyNode>> read_topology(const Tree& sysfs) {
    const Result<std::vector<std::string>> names = sysfs.list(topology);
    if (!names) {
        return std::unexpected(names.error());
    }
    if (names->size() > max_topology_nodes) {
        return fail(E2BIG, "read " + sysfs.path(topology));
    }
    std::vector<TopologyNode> nodes;
    for (const std::string& name : *names) {
        const auto number = parse_number<std::uint32_t>(name);
        if (!number) {
            continue;  // Not a node.
        }
        Result<TopologyNode> node = read_node(sysfs, *number);
        if (!node) {
            return std::unexpected(std::move(node).error());
        }
        nodes.push_back(std::move(*node));
    }
    return nodes;
}

std::string gfx_name(std::uint32_t target_version) {
    constexpr std::string_view digits = "0123456789abcdef";
    const std::uint32_t stepping = target_version % 100;
    const std::uint32_t minor = target_version / 100 % 100;
    std::string name = "gfx" + std::to_string(target_version / 10000);
    name += digits[minor % digits.size()];
    name += digits[stepping % digits.size()];
    return name;
}

}  // namespace penstock::kfd
