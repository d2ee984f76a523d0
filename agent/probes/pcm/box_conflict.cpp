// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/pcm/box_conflict.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "agent/probes/cpu_list.h"
#include "base/text.h"

namespace penstock {
namespace {

constexpr std::string_view devices = "sys/bus/event_source/devices";
constexpr std::array<std::string_view, 3> boxes{"uncore_imc", "uncore_iio", "amd_umc"};

// Any event would do: a box that does not know this one refuses it otherwise than a kernel that
// refuses us.
bool perf_may_count(Machine& machine, const std::string& box) {
    const std::string folder = std::string(devices) + "/" + box;
    const auto type_text = machine.read(folder + "/type");
    const auto type = type_text ? parse_number<std::uint32_t>(trimmed(*type_text)) : std::nullopt;
    if (!type) {
        return false;
    }
    const auto mask = machine.read(folder + "/cpumask");
    const auto cpus = mask ? parse_cpu_list(*mask) : std::unexpected(mask.error());
    const int cpu = cpus && !cpus->empty() ? static_cast<int>(cpus->front()) : 0;
    const std::array event{PerfEvent{.type = *type}};
    const auto opened = machine.open_counters(event, cpu);
    return opened || opened.error().code == EINVAL || opened.error().code == EOPNOTSUPP ||
           opened.error().code == EBUSY;
}

}  // namespace

std::optional<std::string> perf_holds_boxes(Machine& machine) {
    const auto names = machine.list(std::string(devices));
    for (const std::string& name : names.value_or(std::vector<std::string>{})) {
        const bool shared =
            std::ranges::any_of(boxes, [&](std::string_view box) { return name.starts_with(box); });
        if (shared && perf_may_count(machine, name)) {
            return "perf counts the same boxes (" + printable(name) +
                   "); PCM and perf must not run together";
        }
    }
    return std::nullopt;
}

}  // namespace penstock
