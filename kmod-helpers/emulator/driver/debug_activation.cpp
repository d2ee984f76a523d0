// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/debug_activation.h"

#include "kmod-helpers/emulator/generation.h"

namespace penstock::emulator {

namespace {

Generation generation_of(const PresetDevice& device) {
    return {.gfx_target_version = device.gfx_target_version};
}

bool masks(const Machine& machine, const Queue& queue) {
    return generation_of(machine.devices.description(queue.setup.gpu_id))
        .halves_units_when_debugged();
}

void unmask(Machine& machine, const Owner& owner, Queue& queue, TimePoint now) {
    if (queue.half_masked) {
        queue.half_masked = false;
        const std::uint32_t gpu_id = queue.setup.gpu_id;
        const std::uint32_t all = machine.devices.description(gpu_id).settings.compute_units;
        machine.devices.set_cu_mask(
            {.gpu_id = gpu_id, .name = {.tgid = owner.tgid, .number = queue.setup.queue_id}},
            all,
            now);
    }
}

bool mask_queues(Machine& machine, Owner& target, TimePoint now) {
    for (auto& [number, queue] : target.queues) {
        if (masks(machine, queue) && queue.masked_by_owner) {
            return false;
        }
        mask_for_debugger(machine, target, number, now);
    }
    return true;
}

bool take_vmids(Machine& machine, const Owner& target) {
    for (const PresetDevice& device : machine.devices.descriptions()) {
        if (generation_of(device).debugs_per_vmid()) {
            continue;
        }
        const auto [holder, fresh] =
            machine.debug_vmids.try_emplace(device.gpu_id, target.incarnation);
        if (!fresh && holder->second != target.incarnation) {
            return false;
        }
    }
    return true;
}

}  // namespace

void mask_for_debugger(Machine& machine, Owner& owner, std::uint32_t number, TimePoint now) {
    Queue& queue = owner.queues.at(number);
    if (!masks(machine, queue)) {
        return;
    }
    queue.half_masked = true;
    const std::uint32_t gpu_id = queue.setup.gpu_id;
    const std::uint32_t all = machine.devices.description(gpu_id).settings.compute_units;
    machine.devices.set_cu_mask(
        {.gpu_id = gpu_id, .name = {.tgid = owner.tgid, .number = number}}, all / 2, now);
}

void activate_debug(Machine& machine, Owner& target, TimePoint now) {
    if (!mask_queues(machine, target, now) || !take_vmids(machine, target)) {
        deactivate_debug(machine, target, now);
        target.runtime.runtime_state = static_cast<std::uint32_t>(kfd::RuntimeState::enabled_busy);
    }
}

void deactivate_debug(Machine& machine, Owner& target, TimePoint now) {
    std::erase_if(machine.debug_vmids, [&target](const auto& reserved) {
        return reserved.second == target.incarnation;
    });
    for (auto& [number, queue] : target.queues) {
        unmask(machine, target, queue, now);
    }
}

}  // namespace penstock::emulator
