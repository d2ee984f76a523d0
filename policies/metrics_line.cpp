// SPDX-License-Identifier: Apache-2.0

#include "policies/metrics_line.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/json_text.h"
#include "base/text.h"
#include "policies/measured_figures.h"
#include "policies/service_class_names.h"
#include "policies/standing_names.h"
#include "policies/throttle_names.h"

namespace penstock {
namespace {

constexpr std::size_t longest_text = 256;

std::string text_of(const Origin& origin) {
    return printable(origin.text(), longest_text);
}

template <typename T>
bool is_known(const Sample<T>& sample) {
    return sample.value && std::isfinite(static_cast<double>(number_of(*sample.value)));
}

template <typename T>
void write_origin(JsonText& line, const char* key, const Sample<T>& sample) {
    line.key(key);
    line.begin_object();
    line.key("confidence");
    if (is_known(sample)) {
        line.write(name_of(sample.confidence));
    } else {
        line.write_null();
    }
    line.member("source", text_of(sample.source));
    line.end_object();
}

// The values under their keys, and then where each comes from.
template <typename Measured>
void write_figures(JsonText& line, const Measured& measured) {
    each_figure(measured, [&](const char* key, const auto& sample) {
        line.key(key);
        if (is_known(sample)) {
            line.write(number_of(*sample.value));
        } else {
            line.write_null();
        }
    });
    line.key("origins");
    line.begin_object();
    each_figure(measured,
                [&](const char* key, const auto& sample) { write_origin(line, key, sample); });
    line.end_object();
}

std::array<const Sample<BytesPerSecond>*, 3> traffic_of(const MemoryNode& node) {
    return {&node.read, &node.written, &node.total};
}

// The least certain of the known traffic's.
std::optional<std::string_view> traffic_confidence(const MemoryNode& node) {
    std::optional<Confidence> least;
    for (const Sample<BytesPerSecond>* sample : traffic_of(node)) {
        if (sample->value) {
            least = std::max(least.value_or(Confidence::counter), sample->confidence);
        }
    }
    return least ? std::optional(name_of(*least)) : std::nullopt;
}

void write_memory(JsonText& line, const MemoryNode& node) {
    line.begin_object();
    line.member("node", node.number);
    line.member("emulated", node.emulated);
    line.member("peak_source",
                node.peak.value ? std::optional(text_of(node.peak.source)) : std::nullopt);
    line.member("throttle_level", name_of(node.throttle.level));
    line.member("batch_scale", node.throttle.batch_scale);
    line.key("sources");
    line.begin_array();
    for (const std::string& source : traffic_sources(node)) {
        line.write(source);
    }
    line.end_array();
    line.member("confidence", traffic_confidence(node));
    write_figures(line, node);
    line.end_object();
}

void write_package(JsonText& line, const Package& package) {
    line.begin_object();
    line.member("package", package.number);
    write_figures(line, package);
    line.end_object();
}

void write_device(JsonText& line, const LineDevice& entry) {
    line.begin_object();
    line.member("gpu_id", entry.device.gpu.value);
    line.member("name", printable(entry.device.name, longest_text));
    line.member("queues", entry.queues);
    line.member("emulated", entry.device.emulated);
    write_figures(line, entry.device);
    line.end_object();
}

// In whole microseconds, as on D-Bus; nothing for 0, which is none.
std::optional<double> seconds_of(Duration span) {
    const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(span).count();
    return usec != 0 ? std::optional(static_cast<double>(usec) / 1e6) : std::nullopt;
}

void write_process(JsonText& line, const LineProcess& entry) {
    const Owner& owner = entry.owner;
    const Sample<double>& energy = owner.use.energy;
    const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(entry.preempted);
    line.begin_object();
    line.member("pid", owner.pid);
    line.member("command", printable(owner.command, longest_text));
    line.member("priority", owner.priority);
    line.member("weight", owner.weight);
    line.member("class", name_of(owner.service_class));
    line.member("deadline_seconds", seconds_of(owner.deadline));
    line.member("cost_seconds", seconds_of(owner.cost));
    line.member("state", entry.state);
    line.member("queues", entry.queues);
    line.member("occupancy", entry.occupancy);
    line.member("preempted_seconds", static_cast<double>(usec.count()) / 1e6);
    line.member("preemptions", entry.preemptions);
    line.member("energy_method",
                is_known(energy) ? std::optional(text_of(energy.source)) : std::nullopt);
    write_figures(line, owner.use);
    line.end_object();
}

template <typename Entries, typename Write>
void write_list(JsonText& line, const char* key, const Entries& entries, Write write) {
    line.key(key);
    line.begin_array();
    for (const auto& entry : entries) {
        write(entry);
    }
    line.end_array();
}

bool emulated(const LineParts& parts) {
    return std::ranges::any_of(parts.memory,
                               [](const MemoryNode* node) { return node->emulated; }) ||
           std::ranges::any_of(parts.devices,
                               [](const LineDevice& entry) { return entry.device.emulated; });
}

}  // namespace

std::vector<std::string> traffic_sources(const MemoryNode& node) {
    std::vector<std::string> names;
    for (const Sample<BytesPerSecond>* sample : traffic_of(node)) {
        // A total that is the sum of the other two has no source of its own.
        const bool summed = sample == &node.total && node.read.value && node.written.value;
        const std::string name = text_of(sample->source);
        if (sample->value && !summed && std::ranges::find(names, name) == names.end()) {
            names.push_back(name);
        }
    }
    return names;
}

std::string metrics_line(const LineParts& parts) {
    JsonText line;
    line.begin_object();
    line.member("time", parts.time);
    line.member("emulated", emulated(parts));
    line.member("queues_running", parts.queues_running);
    line.member("queues_suspended", parts.queues_suspended);
    write_list(
        line, "memory", parts.memory, [&](const MemoryNode* node) { write_memory(line, *node); });
    write_list(line, "packages", parts.packages, [&](const Package* package) {
        write_package(line, *package);
    });
    write_list(
        line, "gpus", parts.devices, [&](const LineDevice& device) { write_device(line, device); });
    write_list(line, "processes", parts.processes, [&](const LineProcess& process) {
        write_process(line, process);
    });
    line.end_object();
    return std::move(line).take() + '\n';
}

std::string dropped_line(std::uint64_t lines) {
    JsonText line;
    line.begin_object();
    line.member("dropped", lines);
    line.end_object();
    return std::move(line).take() + '\n';
}

}  // namespace penstock
