// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/holds.h"

#include <utility>

namespace penstock::emulator {

TimePoint hold(
    Machine& machine, Owner& owner, const QueueNumbers& numbers, Hold why, TimePoint now) {
    std::vector<QueueAddress> stopped;
    stopped.reserve(numbers.size());
    for (const std::uint32_t number : numbers) {
        Queue& queue = owner.queues.at(number);
        const bool ran = queue.holds == 0;
        queue.holds |= static_cast<std::uint8_t>(why);
        if (ran) {
            stopped.push_back(
                {.gpu_id = queue.setup.gpu_id, .name = {.tgid = owner.tgid, .number = number}});
        }
    }
    return stopped.empty() ? now : machine.devices.suspend(stopped, why, now);
}

TimePoint release(
    Machine& machine, Owner& owner, const QueueNumbers& numbers, Hold why, TimePoint now) {
    std::vector<QueueAddress> started;
    started.reserve(numbers.size());
    for (const std::uint32_t number : numbers) {
        Queue& queue = owner.queues.at(number);
        const bool stood = queue.held_by(why);
        queue.holds &= static_cast<std::uint8_t>(~static_cast<unsigned>(why));
        if (stood && queue.holds == 0) {
            started.push_back(
                {.gpu_id = queue.setup.gpu_id, .name = {.tgid = owner.tgid, .number = number}});
        }
    }
    return started.empty() ? now : machine.devices.resume(started, now);
}

QueueNumbers all_numbers(const Owner& owner) {
    QueueNumbers numbers;
    numbers.reserve(owner.queues.size());
    for (const auto& [number, queue] : owner.queues) {
        numbers.push_back(number);
    }
    return numbers;
}

void reset_device(Machine& machine, std::uint32_t gpu_id, TimePoint now) {
    machine.devices.count_reset(gpu_id);
    for (const auto& [tgid, owner] : machine.owners.all()) {
        for (auto& [number, queue] : owner->queues) {
            if (queue.setup.gpu_id == gpu_id && !std::exchange(queue.lost, true)) {
                machine.devices.destroy(
                    {.gpu_id = gpu_id, .name = {.tgid = tgid, .number = number}}, now);
            }
        }
    }
}

}  // namespace penstock::emulator
