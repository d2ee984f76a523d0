// SPDX-License-Identifier: Apache-2.0

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_nanosleep() is POSIX.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "client/ctl/figures.h"
#include "client/ctl/process_json.h"
#include "client/ctl/throttle_view.h"
#include "client/ctl/verbs.h"
#include "client/ctl/views.h"

namespace penstock::ctl {
namespace {

using nlohmann::json;

// A line is for people, who read no more.
constexpr std::size_t most_processes = 4;

// Those that run soonest, and of equals those with the most waiting.
std::vector<ProcessView> top_of(std::vector<ProcessView> processes) {
    std::ranges::stable_sort(processes, [](const ProcessView& a, const ProcessView& b) {
        return a.priority != b.priority ? a.priority > b.priority
                                        : a.occupancy.value_or(0) > b.occupancy.value_or(0);
    });
    processes.resize(std::min(processes.size(), most_processes));
    return processes;
}

std::uint32_t running_queues(const AgentView& agent) {
    return agent.queues - std::min(agent.queues, agent.queues_suspended);
}

// Of what is known of the node's traffic, the least certain: "counter" sorts before "derived"
// before "heuristic".
json confidence_of(const MemoryView& node) {
    std::string least;
    for (const char* key :
         {"read_bytes_per_second", "write_bytes_per_second", "total_bytes_per_second"}) {
        if (const FigureView* figure = find_figure(node.figures, key)) {
            least = std::max(least, figure->confidence);
        }
    }
    return least.empty() ? json() : json(least);
}

json memory_json(const MemoryView& node) {
    json entry{{"node", node.node},
               {"emulated", node.emulated},
               {"peak_source", node.peak_source.empty() ? json() : json(node.peak_source)},
               {"throttle_level", node.throttle_level.empty() ? json() : json(node.throttle_level)},
               {"batch_scale", node.batch_scale ? json(*node.batch_scale) : json()},
               {"sources", node.sources},
               {"confidence", confidence_of(node)}};
    add_figures(node.figures, entry);
    return entry;
}

void sleep_until(TimePoint when) {
    const std::int64_t ns = to_ns(when);
    const timespec absolute{.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &absolute, nullptr) == EINTR) {
    }
}

void print_line(const World& world, bool as_json) {
    const auto now = std::chrono::system_clock::now();
    if (as_json) {
        const double seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
        fmt::print("{}\n", tail_json(world, seconds).dump());
    } else {
        const std::time_t second = std::chrono::system_clock::to_time_t(now);
        fmt::print("{}\n", tail_text(world, fmt::format("{:%H:%M:%S}", fmt::localtime(second))));
    }
    // The reader of a pipe wants each line when it happens.
    std::fflush(stdout);
}

}  // namespace

std::string tail_text(const World& world, const std::string& clock) {
    std::string text = clock;
    for (const MemoryView& node : world.memory) {
        text += fmt::format(
            "  mem{} r {:>9} w {:>9}", node.node, rate_text(node.read), rate_text(node.written));
        text += is_throttled(node) ? ' ' + throttle_text(node) : "";
    }
    for (const GpuView& gpu : world.gpus) {
        text += fmt::format(
            "  gpu {} rx {:>9} tx {:>9}", gpu.gpu_id, rate_text(gpu.received), rate_text(gpu.sent));
    }
    text += fmt::format("  queues {} running {} suspended",
                        running_queues(world.agent),
                        world.agent.queues_suspended);
    for (const ProcessView& process : top_of(world.processes)) {
        text += fmt::format(
            "  {} {}({:+}) {}", process.pid, process.command, process.priority, process.state);
    }
    return text + (emulated(world) ? "  [emulated]" : "");
}

json tail_json(const World& world, double time) {
    json line{{"time", time},
              {"emulated", emulated(world)},
              {"queues_running", running_queues(world.agent)},
              {"queues_suspended", world.agent.queues_suspended},
              {"memory", json::array()},
              {"packages", json::array()},
              {"gpus", json::array()},
              {"processes", json::array()}};
    for (const MemoryView& node : world.memory) {
        line["memory"].push_back(memory_json(node));
    }
    for (const PackageView& package : world.packages) {
        json entry{{"package", package.number}};
        add_figures(package.figures, entry);
        line["packages"].push_back(std::move(entry));
    }
    for (const GpuView& gpu : world.gpus) {
        json entry{{"gpu_id", gpu.gpu_id},
                   {"name", gpu.name},
                   {"queues", gpu.queues},
                   {"emulated", gpu.emulated}};
        add_figures(gpu.figures, entry);
        line["gpus"].push_back(std::move(entry));
    }
    for (const ProcessView& process : world.processes) {
        line["processes"].push_back(process_json(process));
    }
    return line;
}

Outcome<> run(AgentClient& agent, const Tail& verb) {
    TimePoint due = monotonic_now();
    for (std::uint64_t printed = 0; !verb.count || printed < *verb.count; ++printed) {
        sleep_until(due);
        const Outcome<World> world = agent.look();
        if (!world) {
            return std::unexpected(world.error());
        }
        print_line(*world, verb.json);
        // Absolute times keep the pace; after a stop (Ctrl-Z) the missed lines are not made up for.
        due = std::max(due + verb.interval, monotonic_now());
    }
    return {};
}

}  // namespace penstock::ctl
