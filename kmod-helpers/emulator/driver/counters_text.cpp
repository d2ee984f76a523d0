// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/counters_text.h"

#include <fmt/format.h>

#include <map>

namespace penstock::emulator {

namespace {

struct HeldQueues {
    std::size_t suspended = 0;  // By a debugger or a vendor's preemption.
    std::size_t evicted = 0;
    std::string names{};  // Of the suspended ones, a line each: process and queue.
};

void count(HeldQueues& held, std::uint32_t tgid, const Queue& queue) {
    if (queue.held_by(Hold::debugger) || queue.held_by(Hold::vendor)) {
        ++held.suspended;
        held.names += fmt::format("suspended_queue {}/{}\n", tgid, queue.setup.queue_id);
    }
    held.evicted += queue.held_by(Hold::eviction) ? 1U : 0U;
}

std::map<std::uint32_t, HeldQueues> held_queues(const OwnerTable& owners) {
    std::map<std::uint32_t, HeldQueues> held;
    for (const auto& [tgid, owner] : owners.all()) {
        for (const auto& [number, queue] : owner->queues) {
            count(held[queue.setup.gpu_id], tgid, queue);
        }
    }
    return held;
}

}  // namespace

std::string counters_text(const Devices& devices, const OwnerTable& owners) {
    const std::map<std::uint32_t, HeldQueues> held = held_queues(owners);
    std::string text;
    for (const PresetDevice& device : devices.descriptions()) {
        const DeviceCounters done = devices.counters(device.gpu_id);
        const Tally& tally = devices.tally(device.gpu_id);
        text += fmt::format(
            "device {}\nqueues {}\ndram_read_bytes {}\ndram_written_bytes {}\npackets {}\n"
            "kernels {}\nbusy_ns {}\n",
            device.gpu_id,
            tally.queues,
            done.dram_read_bytes,
            done.dram_written_bytes,
            done.packets,
            done.kernels,
            done.busy.count());
        const auto found = held.find(device.gpu_id);
        const HeldQueues now = found == held.end() ? HeldQueues{} : found->second;
        text += fmt::format(
            "suspends {}\nresumes {}\nevictions {}\nstalled_ns {}\nresets {}\n"
            "suspended_queues {}\nevicted_queues {}\n{}",
            tally.suspends,
            tally.resumes,
            tally.evictions,
            done.stalled.count(),
            tally.resets,
            now.suspended,
            now.evicted,
            now.names);
    }
    return text;
}

}  // namespace penstock::emulator
