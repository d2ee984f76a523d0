// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/processors.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <set>

#include "base/text.h"

namespace penstock::calibration {
namespace {

constexpr int highest_number = 65535;

std::optional<std::vector<int>> list_in(Machine& machine, const std::string& path) {
    const Result<std::string> text = machine.read(path);
    return text ? numbers_in(*text) : std::nullopt;
}

std::vector<int> of_node(Machine& machine, std::uint32_t node, const std::vector<int>& allowed) {
    const auto local =
        list_in(machine, "sys/devices/system/node/node" + std::to_string(node) + "/cpulist")
            .value_or(std::vector<int>{});
    std::vector<int> usable;
    std::ranges::copy_if(allowed, std::back_inserter(usable), [&](int processor) {
        return std::ranges::find(local, processor) != local.end();
    });
    return usable;
}

// Two processors of one core have the same list of siblings. A processor whose core is not known
// counts as one.
std::vector<int> one_of_each_core(Machine& machine, const std::vector<int>& processors) {
    std::vector<int> chosen;
    std::set<std::string> seen;
    for (const int processor : processors) {
        const Result<std::string> siblings =
            machine.read("sys/devices/system/cpu/cpu" + std::to_string(processor) +
                         "/topology/thread_siblings_list");
        if (chosen.size() < most_cores && (!siblings || seen.insert(*siblings).second)) {
            chosen.push_back(processor);
        }
    }
    return chosen;
}

}  // namespace

std::optional<std::vector<int>> numbers_in(std::string_view list) {
    std::vector<int> numbers;
    for (const std::string_view range : split(trimmed(list), ',')) {
        const std::size_t dash = range.find('-');
        const auto first = parse_number<int>(range.substr(0, dash));
        const auto last =
            dash == std::string_view::npos ? first : parse_number<int>(range.substr(dash + 1));
        if (!first || !last || *first < 0 || *last < *first || *last > highest_number ||
            numbers.size() > highest_number) {
            return std::nullopt;
        }
        for (int number = *first; number <= *last; ++number) {
            numbers.push_back(number);
        }
    }
    return numbers;
}

int bind_to_processor(int processor) {
    if (processor < 0 || processor >= CPU_SETSIZE) {
        return EINVAL;
    }
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(processor), &set);
    return ::sched_setaffinity(0, sizeof(set), &set) == 0 ? 0 : errno;
}

Result<std::vector<int>> allowed_processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof(set), &set) != 0) {
        return fail(errno, "ask on which processors we may run");
    }
    std::vector<int> allowed;
    for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
        if (CPU_ISSET(static_cast<std::size_t>(processor), &set)) {
            allowed.push_back(processor);
        }
    }
    return allowed;
}

std::vector<NodeCores> cores_by_node(Machine& machine, const std::vector<int>& allowed) {
    std::vector<NodeCores> found;
    for (const std::uint32_t node : memory_nodes(machine)) {
        const std::vector<int> usable = of_node(machine, node, allowed);
        if (!usable.empty()) {
            found.push_back({.node = node, .processors = one_of_each_core(machine, usable)});
        }
    }
    if (found.empty()) {
        found.push_back({.processors = one_of_each_core(machine, allowed)});
    }
    return found;
}

std::vector<std::uint32_t> memory_nodes(Machine& machine) {
    const auto list = list_in(machine, "sys/devices/system/node/has_memory");
    std::vector<std::uint32_t> nodes;
    for (const int node : list.value_or(std::vector<int>{0})) {
        if (nodes.size() < most_nodes) {
            nodes.push_back(static_cast<std::uint32_t>(node));
        }
    }
    return nodes;
}

std::uint32_t processors_online(Machine& machine) {
    const auto list = list_in(machine, "sys/devices/system/cpu/online");
    return list ? static_cast<std::uint32_t>(list->size()) : 0;
}

}  // namespace penstock::calibration
