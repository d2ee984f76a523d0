// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/perf/box_plan.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "agent/probes/cpu_list.h"
#include "base/text.h"

namespace penstock {
namespace {

// Energy is counted in parts of about 0.2 nanojoules; a processor that counts anything coarser
// than this, or a thousand times finer, has not been built.
constexpr double least_joules = 1e-13;
constexpr double most_joules = 1e-3;

bool found(Machine& machine, const Pmu& pmu, const Clue& clue) {
    const Result<std::string> content = clue.file.starts_with("sys/")
                                            ? machine.read(std::string(clue.file))
                                            : pmu.content(clue.file);
    return content && content->find(clue.contains) != std::string::npos;
}

const Flavour* flavour_of(Machine& machine, const Pmu& pmu, const CounterKind& kind) {
    const auto fitting = std::ranges::find_if(
        kind.flavours, [&](const Flavour& each) { return found(machine, pmu, each.clue); });
    return fitting == kind.flavours.end() ? nullptr : &*fitting;
}

Result<double> joules_per_count(const Pmu& pmu, std::string_view event) {
    const Result<double> scale = pmu.scale(event, "Joules");
    if (scale && (*scale < least_joules || *scale > most_joules)) {
        return fail("the scale of " + std::string(event) + " of " + pmu.name() + " is absurd");
    }
    return scale;
}

Result<PlannedEvent> plan_event(const Pmu& pmu, const CountedEvent& wanted) {
    Result<PerfEvent> event =
        wanted.listed.empty() ? pmu.encode(wanted.terms) : pmu.listed(wanted.listed);
    if (!event) {
        return std::unexpected(std::move(event).error());
    }
    PlannedEvent planned{.event = *event, .quantity = wanted.quantity, .unit = wanted.unit};
    if (wanted.unit == unit_from_sysfs) {
        const Result<double> joules = joules_per_count(pmu, wanted.listed);
        if (!joules) {
            return std::unexpected(joules.error());
        }
        planned.unit = *joules;
    }
    return planned;
}

// Software of the kernel has no boxes and is counted anywhere.
constexpr std::uint32_t any_cpu = 0;

Result<CpuMask> read_mask(Machine& machine, const Pmu& pmu, Place::Kind place) {
    auto file = machine.open(pmu.mask_path());
    if (!file) {
        if (place == Place::Kind::machine && file.error().code == ENOENT) {
            return CpuMask{.cpus = {any_cpu}};
        }
        return std::unexpected(std::move(file).error());
    }
    std::array<char, Pmu::longest_file> bytes{};
    const auto length = (*file)->read(bytes);
    if (!length) {
        return fail(length.error(), "read " + pmu.mask_path());
    }
    CpuMask mask{.file = std::move(*file), .content = std::string(bytes.data(), *length)};
    auto cpus = parse_cpu_list(mask.content);
    if (!cpus) {
        return fail(std::move(cpus).error(), "the cpumask of " + pmu.name());
    }
    if (cpus->empty()) {
        return fail("the cpumask of " + pmu.name() + " is empty: it can be counted nowhere");
    }
    mask.cpus = std::move(*cpus);
    return mask;
}

}  // namespace

Result<BoxPlan> plan_box(Machine& machine, const CounterKind& kind, const std::string& box) {
    const Pmu pmu(machine, box);
    BoxPlan plan{.box = box, .flavour = flavour_of(machine, pmu, kind)};
    if (plan.flavour == nullptr) {
        return fail(box + " lists no events that are known here");
    }
    for (const CountedEvent& wanted : plan.flavour->events) {
        if (wanted.optional && !pmu.lists(wanted.listed)) {
            continue;
        }
        Result<PlannedEvent> planned = plan_event(pmu, wanted);
        if (!planned) {
            return std::unexpected(std::move(planned).error());
        }
        plan.events.push_back(*planned);
    }
    if (plan.events.empty()) {
        return fail(box + " lists none of the events that are wanted");
    }
    Result<CpuMask> mask = read_mask(machine, pmu, kind.place);
    if (!mask) {
        return std::unexpected(std::move(mask).error());
    }
    plan.mask = std::move(*mask);
    return plan;
}

}  // namespace penstock
