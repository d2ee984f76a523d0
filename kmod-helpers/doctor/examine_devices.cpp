// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "kmod-helpers/doctor/ability.h"
#include "kmod-helpers/doctor/sections.h"

namespace penstock::doctor {
namespace {

// Devices about which the same is to be said: a server has many of a kind.
struct Kind {
    DeviceAbility ability{};
    std::vector<std::uint32_t> gpu_ids{};
    std::size_t isolated = 0;
};

bool same(const DeviceAbility& one, const DeviceAbility& other) {
    const auto same_rung = [](const RungAbility& a, const RungAbility& b) {
        return a.state == b.state && a.reason == b.reason;
    };
    return one.name == other.name && one.compute_units == other.compute_units &&
           one.scheduler == other.scheduler &&
           std::ranges::equal(one.rungs, other.rungs, same_rung);
}

std::vector<Kind> kinds_of(const Facts& facts) {
    std::vector<Kind> kinds;
    const std::vector<DeviceAbility> devices = abilities(facts);
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const auto known = std::ranges::find_if(
            kinds, [&](const Kind& kind) { return same(kind.ability, devices[i]); });
        Kind& kind =
            known == kinds.end() ? kinds.emplace_back(Kind{.ability = devices[i]}) : *known;
        kind.gpu_ids.push_back(devices[i].gpu_id);
        kind.isolated += facts.devices[i].enforce_isolation.value == 1 ? 1U : 0U;
    }
    return kinds;
}

std::string subject_of(const Kind& kind) {
    return kind.gpu_ids.size() == 1
               ? kind.ability.name + " (gpu " + std::to_string(kind.gpu_ids.front()) + ")"
               : kind.ability.name + " (" + std::to_string(kind.gpu_ids.size()) + " devices)";
}

Finding hardware(const Kind& kind) {
    const std::uint32_t units = kind.ability.compute_units;
    Finding finding{.subject = subject_of(kind),
                    .found = (units == 0 ? "unknown" : std::to_string(units)) +
                             " compute units, scheduler " +
                             std::string(text_of(kind.ability.scheduler))};
    if (kind.ability.scheduler == Scheduler::hws) {
        finding.consequence =
            "Each suspension reloads the queues of every program on the device, "
            "so Penstock bounds how often it suspends.";
    } else if (kind.ability.scheduler == Scheduler::unknown) {
        finding.state = State::unknown;
        finding.consequence =
            "The driver hides it, as it does from who may not use its render node.";
        finding.change = "run this as root, or outside of the container";
    }
    return finding;
}

void add_isolation(const Kind& kind, Findings& into) {
    if (kind.isolated == 0) {
        return;
    }
    into.push_back({.subject = subject_of(kind) + " isolation",
                    .state = State::limited,
                    .found = "enforce_isolation is set on " + std::to_string(kind.isolated),
                    .consequence = "Programs take turns on the device, so that an urgent one waits "
                                   "for its turn until the others are suspended.",
                    .change = "echo 0 > /sys/class/drm/renderD*/device/enforce_isolation"});
}

}  // namespace

void examine_devices(const Facts& facts, Findings& into) {
    if (facts.devices.empty()) {
        Finding none{.subject = "devices",
                     .state = State::broken,
                     .found = "the driver shows none",
                     .consequence = "There is nothing to schedule."};
        if (!facts.topology_failure.empty() && facts.file.kind != DeviceFile::Kind::absent) {
            none.state = State::unknown;
            none.found = facts.topology_failure;
            none.consequence = "What is half known is not scheduled.";
            none.change = "run this as root, or outside of the container";
        }
        into.push_back(std::move(none));
    }
    for (const Kind& kind : kinds_of(facts)) {
        into.push_back(hardware(kind));
        add_isolation(kind, into);
        for (const RungAbility& rung : kind.ability.rungs) {
            into.push_back({.subject = subject_of(kind) + " " + std::string(text_of(rung.rung)),
                            .state = rung.state,
                            .found = rung.reason,
                            .consequence = "",
                            .change = rung.change});
        }
    }
}

}  // namespace penstock::doctor
