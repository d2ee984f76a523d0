// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/doctor/ability.h"

#include <algorithm>
#include <initializer_list>

#include "kmod-helpers/doctor/driver_age.h"
#include "kmod-helpers/doctor/generation.h"
#include "kmod-helpers/doctor/presets.h"

namespace penstock::doctor {
namespace {

// Of `capability` in the topology.
constexpr std::uint32_t capability_debug = 0x8000;
constexpr std::uint32_t capability_debug_firmware = 0x20000000;

constexpr std::int64_t ptrace_for_nobody = 3;

bool without_hws(const Facts& facts) {
    return facts.module.sched_policy.value == sched_policy_without_hws;
}

struct Obstacle {
    State state = State::fine;  // Fine: none.
    std::string reason{};
    std::string change{};
};

Obstacle broken(std::string reason, std::string change = "") {
    return {.state = State::broken, .reason = std::move(reason), .change = std::move(change)};
}

// What stands in the way of everything that saves waves.
Obstacle to_saving(const Facts& facts, std::uint32_t version) {
    if (version == 0) {
        return {.state = State::unknown, .reason = "the driver does not say which device this is"};
    }
    if (!saves_waves(version)) {
        return broken("devices before gfx8 cannot save running waves");
    }
    if (facts.module.cwsr_enable.value == 0) {
        return broken("amdgpu.cwsr_enable is 0, so running waves are not saved",
                      module_option("cwsr_enable=1"));
    }
    return {};
}

Obstacle to_attaching(const Facts& facts) {
    if (facts.kernel.ptrace_scope.value == ptrace_for_nobody) {
        return broken(
            "kernel.yama.ptrace_scope is 3, which forbids attaching to any process",
            "set kernel.yama.ptrace_scope=1 in /etc/sysctl.d and reboot: 3 cannot be lowered");
    }
    return {};
}

Obstacle to_debugging(const Facts& facts, const kfd::TopologyNode& node) {
    if (without_hws(facts)) {
        return broken(
            "amdgpu.sched_policy is 2, and without the hardware scheduler the driver refuses it",
            module_option("sched_policy=0"));
    }
    if (!can_be_debugged(node.gfx_target_version)) {
        return broken("the driver debugs only gfx9 and later");
    }
    if (has_debug_trap(facts) == Answer::no) {
        return broken("this driver has no DBG_TRAP, which came with Linux 6.5",
                      "run Linux 6.5 or later");
    }
    if ((node.capability & capability_debug) == 0) {
        return broken("the driver offers no debugging on this device");
    }
    if ((node.capability & capability_debug_firmware) == 0) {
        return broken(
            "the device's firmware is too old for debugging",
            "update the firmware package (firmware-amd-graphics, linux-firmware) and reboot");
    }
    return {};
}

Obstacle first_of(std::initializer_list<Obstacle> obstacles) {
    const auto* const found = std::ranges::find_if(
        obstacles, [](const Obstacle& obstacle) { return obstacle.state != State::fine; });
    return found == obstacles.end() ? Obstacle{} : *found;
}

RungAbility ability(Rung rung, Obstacle obstacle, std::string otherwise) {
    if (obstacle.state == State::fine) {
        return {.rung = rung, .state = State::fine, .reason = std::move(otherwise)};
    }
    return {.rung = rung,
            .state = obstacle.state,
            .reason = std::move(obstacle.reason),
            .change = std::move(obstacle.change)};
}

RungAbility debug_suspend(const Facts& facts, const kfd::TopologyNode& node) {
    RungAbility found = ability(Rung::debug_suspend,
                                first_of({to_saving(facts, node.gfx_target_version),
                                          to_debugging(facts, node),
                                          to_attaching(facts)}),
                                "for programs with ROCr 5.7 or later");
    if (found.state == State::fine && loses_half_when_debugged(node.gfx_target_version)) {
        found.state = State::limited;
        found.reason = "while a program is on it, half of the compute units are off for it";
    } else if (found.state == State::fine && has_one_debug_slot(node.gfx_target_version)) {
        found.state = State::limited;
        found.reason = "for one program at a time: the device has one debug slot";
    }
    return found;
}

RungAbility process_evict(const Facts& facts, std::uint32_t version) {
    Obstacle too_old;
    if (has_process_evict(facts) == Answer::no) {
        too_old = broken("this driver has no CRIU_OP, which came with Linux 5.18",
                         "run Linux 5.18 or later");
    }
    return ability(Rung::process_evict,
                   first_of({to_saving(facts, version), std::move(too_old), to_attaching(facts)}),
                   "for whole processes that a rule allows it for");
}

DeviceAbility ability_of(const Facts& facts, const kfd::TopologyNode& node) {
    const std::uint32_t version = node.gfx_target_version;
    DeviceAbility device{
        .gpu_id = node.gpu_id,
        .name = node.name,
        .compute_units = node.simds_per_cu == 0 ? 0 : node.simd_count / node.simds_per_cu,
        .scheduler = without_hws(facts) ? Scheduler::none : scheduler_of(version),
        .one_debugged_process = has_one_debug_slot(version),
        .halves_compute_units_when_debugged = loses_half_when_debugged(version),
    };
    const RungAbility debugging = debug_suspend(facts, node);
    device.debug_suspend_possible =
        debugging.state == State::fine || debugging.state == State::limited;
    device.debug_suspend_reason = device.debug_suspend_possible ? "" : debugging.reason;
    device.rungs = {
        ability(Rung::cooperative_save,
                to_saving(facts, version),
                "for programs that load Penstock's library"),
        debugging,
        RungAbility{.rung = Rung::vendor_ioctl,
                    .state = State::unknown,
                    .reason = "for patched drivers only: off until the configuration names the "
                              "driver's numbers"},
        process_evict(facts, version),
        ability(Rung::launch_limit,
                Obstacle{},
                "for programs that load Penstock's library; what runs already is not preempted"),
    };
    return device;
}

}  // namespace

std::string_view text_of(Rung rung) {
    switch (rung) {
        case Rung::cooperative_save:
            return "cooperative-save";
        case Rung::debug_suspend:
            return "debug-suspend";
        case Rung::vendor_ioctl:
            return "vendor-ioctl";
        case Rung::process_evict:
            return "process-evict";
        case Rung::launch_limit:
            break;
    }
    return "launch-limit";
}

std::vector<DeviceAbility> abilities(const Facts& facts) {
    std::vector<DeviceAbility> devices;
    devices.reserve(facts.devices.size());
    for (const DeviceFacts& device : facts.devices) {
        devices.push_back(ability_of(facts, device.node));
    }
    return devices;
}

bool may_preempt(const Facts& facts) {
    const bool has_file = facts.file.kind == DeviceFile::Kind::driver ||
                          facts.file.kind == DeviceFile::Kind::emulator;
    if (!has_file || facts.devices.empty()) {
        return has_file && !facts.topology_failure.empty();
    }
    const auto works = [](const RungAbility& rung) {
        return rung.rung != Rung::vendor_ioctl && rung.rung != Rung::launch_limit &&
               rung.state != State::broken;
    };
    return std::ranges::any_of(abilities(facts), [&](const DeviceAbility& device) {
        return std::ranges::any_of(device.rungs, works);
    });
}

}  // namespace penstock::doctor
