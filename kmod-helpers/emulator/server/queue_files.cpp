// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/queue_files.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/text.h"

namespace penstock::emulator {

namespace {

constexpr std::array<std::string_view, 3> queue_attributes{"gpuid", "size", "type"};

constexpr std::string_view memory_prefix = "vram_";
constexpr std::string_view statistics_prefix = "stats_";
constexpr std::string_view eviction_attribute = "evicted_ms";

// A path below the root: PID, PID/vram_GPU, PID/stats_GPU, PID/stats_GPU/evicted_ms, PID/queues,
// PID/queues/N, PID/queues/N/gpuid.
struct Place {
    const Owner* owner = nullptr;
    const Queue* queue = nullptr;
    std::size_t depth = 0;
    std::string_view second{};  // "queues", "vram_GPU" or "stats_GPU".
    std::string_view last{};    // The attribute of a queue or of the statistics.
};

// Below "queues": its number, and perhaps the name of an attribute.
std::optional<Place> place_in_queue(Place place, const std::vector<std::string_view>& parts) {
    const auto number = parse_number<std::uint32_t>(parts[2]);
    const auto queue = number ? place.owner->queues.find(*number) : place.owner->queues.end();
    if (place.second != "queues" || queue == place.owner->queues.end()) {
        return std::nullopt;
    }
    place.queue = &queue->second;
    place.last = parts.size() > 3 ? parts[3] : "";
    return place;
}

std::optional<Place> place_of(const OwnerTable& owners, std::string_view below_root) {
    const std::vector<std::string_view> parts = split(below_root, '/');
    Place place{.depth = parts.size()};
    const auto tgid = parse_number<std::uint32_t>(parts[0]);
    place.owner = tgid ? owners.find(*tgid) : nullptr;
    if (place.owner == nullptr || parts.size() > 4) {
        return std::nullopt;
    }
    place.second = parts.size() > 1 ? parts[1] : "";
    if (place.second.starts_with(statistics_prefix)) {
        place.last = parts.size() > 2 ? parts[2] : "";
        return parts.size() > 3 ? std::nullopt : std::optional(place);
    }
    return parts.size() > 2 ? place_in_queue(place, parts) : std::optional(place);
}

// The kernel's own numbering, in which AQL and PM4 are the same.
std::uint32_t kernel_type(std::uint32_t type) {
    constexpr std::uint32_t compute = 0;
    constexpr std::uint32_t sdma = 1;
    constexpr std::uint32_t sdma_xgmi = 4;
    switch (type) {
        case kfd::queue_type_sdma:
        case kfd::queue_type_sdma_by_engine:
            return sdma;
        case kfd::queue_type_sdma_xgmi:
            return sdma_xgmi;
        default:  // The rest computes; the driver let no other number in.
            return compute;
    }
}

// Without a newline, unlike most of sysfs.
std::string attribute(const kfd::CreateQueue& queue, std::string_view name) {
    if (name == "gpuid") {
        return std::to_string(queue.gpu_id);
    }
    return std::to_string(name == "size" ? queue.ring_size : kernel_type(queue.queue_type));
}

std::optional<std::string_view> below_root(const std::string& path) {
    constexpr std::string_view root = QueueFiles::root;
    const bool below =
        path.size() > root.size() && path.starts_with(root) && path[root.size()] == '/';
    return below ? std::optional(std::string_view(path).substr(root.size() + 1)) : std::nullopt;
}

}  // namespace

bool QueueFiles::names_device(std::string_view name, std::string_view prefix) const {
    if (!name.starts_with(prefix)) {
        return false;
    }
    const auto gpu_id = parse_number<std::uint32_t>(name.substr(prefix.size()));
    return gpu_id && std::ranges::find(gpu_ids_, *gpu_id) != gpu_ids_.end();
}

NodeKind QueueFiles::kind(const std::string& path) const {
    const auto below = below_root(path);
    if (!below) {
        const bool leads_here =
            path.empty() || path == root || std::string_view(root).starts_with(path + "/");
        return leads_here ? NodeKind::directory : NodeKind::absent;
    }
    const std::optional<Place> place = place_of(owners_, *below);
    if (!place) {
        return NodeKind::absent;
    }
    if (place->depth == 4) {
        const bool known =
            std::ranges::find(queue_attributes, place->last) != queue_attributes.end();
        return known ? NodeKind::text : NodeKind::absent;
    }
    if (place->second.starts_with(statistics_prefix)) {
        return kind_of_statistics(place->second, place->last);
    }
    if (place->depth == 2 && place->second != "queues") {
        return names_device(place->second, memory_prefix) ? NodeKind::text : NodeKind::absent;
    }
    return NodeKind::directory;
}

NodeKind QueueFiles::kind_of_statistics(std::string_view second, std::string_view last) const {
    if (!names_device(second, statistics_prefix)) {
        return NodeKind::absent;
    }
    if (last.empty()) {
        return NodeKind::directory;
    }
    return last == eviction_attribute ? NodeKind::text : NodeKind::absent;
}

std::vector<std::string> QueueFiles::names_of_owner() const {
    std::vector<std::string> names{"queues"};
    for (const std::uint32_t gpu_id : gpu_ids_) {
        names.push_back(std::string(statistics_prefix) + std::to_string(gpu_id));
        names.push_back(std::string(memory_prefix) + std::to_string(gpu_id));
    }
    std::ranges::sort(names);
    return names;
}

std::vector<std::string> QueueFiles::names_above(const std::string& path) const {
    std::vector<std::string> names;
    if (path == root) {
        for (const auto& [tgid, owner] : owners_.all()) {
            names.push_back(std::to_string(tgid));
        }
    } else if (kind(path) == NodeKind::directory) {
        const std::size_t start = path.empty() ? 0 : path.size() + 1;
        names.emplace_back(split(std::string_view(root).substr(start), '/')[0]);
    }
    return names;
}

std::vector<std::string> QueueFiles::names(const std::string& path) const {
    const auto below = below_root(path);
    if (!below) {
        return names_above(path);
    }
    const std::optional<Place> place = place_of(owners_, *below);
    if (!place || kind(path) != NodeKind::directory) {
        return {};
    }
    if (place->depth == 1) {
        return names_of_owner();
    }
    if (place->second.starts_with(statistics_prefix)) {
        return {std::string(eviction_attribute)};
    }
    if (place->depth == 3) {
        return {queue_attributes.begin(), queue_attributes.end()};
    }
    std::vector<std::string> names;
    for (const auto& [number, queue] : place->owner->queues) {
        names.push_back(std::to_string(number));
    }
    return names;
}

std::optional<std::string> QueueFiles::content(const std::string& path) const {
    if (kind(path) != NodeKind::text) {
        return std::nullopt;
    }
    const auto below = below_root(path);
    const std::optional<Place> place = below ? place_of(owners_, *below) : std::nullopt;
    if (!place) {
        return std::nullopt;
    }
    if (place->last == eviction_attribute) {
        const auto evicted = std::chrono::floor<std::chrono::milliseconds>(place->owner->evicted);
        return std::to_string(evicted.count()) + "\n";
    }
    // Nothing is ever allocated here, so that a process' memory on a device is always 0.
    return place->queue == nullptr ? "0\n" : attribute(place->queue->setup, place->last);
}

int QueueFiles::write(const std::string& /*path*/, std::string_view /*text*/) const {
    return -EACCES;
}

}  // namespace penstock::emulator
