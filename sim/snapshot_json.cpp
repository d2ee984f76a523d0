// SPDX-License-Identifier: Apache-2.0

#include "sim/snapshot_json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "policies/standing_names.h"
#include "sim/figures.h"

namespace penstock::sim {
namespace {

using nlohmann::json;

constexpr std::size_t longest_text = 256;

std::string text_of(const Origin& origin) {
    return printable(origin.text(), longest_text);
}

template <typename Place>
json with_figures(json entry, const Place& place) {
    json origins = json::object();
    each_figure(place, [&](const char* key, const auto& sample) {
        const bool known = sample.value.has_value();
        entry[key] = known ? json(number_of(*sample.value)) : json();
        origins[key] = {{"confidence", known ? json(name_of(sample.confidence)) : json()},
                        {"source", text_of(sample.source)}};
    });
    entry["origins"] = std::move(origins);
    return entry;
}

// The sources of the known traffic, and the least certain confidence.
json memory_json(const MemoryNode& node) {
    json sources = json::array();
    std::optional<Confidence> least;
    for (const Sample<BytesPerSecond>* sample : {&node.read, &node.written, &node.total}) {
        if (!sample->value) {
            continue;
        }
        least = std::max(least.value_or(Confidence::counter), sample->confidence);
        const json name = text_of(sample->source);
        // A total that is the sum of the other two has no source of its own.
        const bool summed = sample == &node.total && node.read.value && node.written.value;
        if (!summed && std::ranges::find(sources, name) == sources.end()) {
            sources.push_back(name);
        }
    }
    return with_figures(
        {{"node", node.number},
         {"emulated", node.emulated},
         {"peak_source", node.peak.value ? json(text_of(node.peak.source)) : json()},
         {"sources", std::move(sources)},
         {"confidence", least ? json(name_of(*least)) : json()}},
        node);
}

json device_json(const Device& device, const Snapshot& snapshot) {
    const auto queues = std::ranges::count(
        snapshot.queues, device.gpu, [](const Queue& queue) { return queue.key.gpu; });
    return with_figures({{"gpu_id", device.gpu.value},
                         {"name", printable(device.name, longest_text)},
                         {"queues", queues},
                         {"emulated", device.emulated}},
                        device);
}

bool emulated(const Snapshot& snapshot) {
    return std::ranges::any_of(snapshot.devices, &Device::emulated) ||
           std::ranges::any_of(snapshot.memory, &MemoryNode::emulated);
}

}  // namespace

json snapshot_json(const Snapshot& snapshot, double time) {
    json line{{"time", time},
              {"emulated", emulated(snapshot)},
              {"queues_running", snapshot.queues.size()},
              {"queues_suspended", 0},
              {"memory", json::array()},
              {"packages", json::array()},
              {"gpus", json::array()},
              {"processes", json::array()}};
    for (const MemoryNode& node : snapshot.memory) {
        line["memory"].push_back(memory_json(node));
    }
    for (const Package& package : snapshot.packages) {
        line["packages"].push_back(with_figures({{"package", package.number}}, package));
    }
    for (const Device& device : snapshot.devices) {
        line["gpus"].push_back(device_json(device, snapshot));
    }
    return line;
}

}  // namespace penstock::sim
