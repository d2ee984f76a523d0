// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/emulated_device.h"

#include <algorithm>

namespace penstock::emulator {
namespace {

// When nothing is expected: whatever changes that also calls the device.
constexpr Duration nothing_expected = std::chrono::hours(1);

}  // namespace

std::unique_ptr<Device> Device::make(const DeviceSettings& settings,
                                     ClientMemory& memory,
                                     Interrupts& interrupts) {
    return std::make_unique<EmulatedDevice>(settings, memory, interrupts);
}

EmulatedDevice::EmulatedDevice(const DeviceSettings& settings,
                               ClientMemory& memory,
                               Interrupts& interrupts)
    : settings_(settings),
      memory_(&memory),
      execution_(
          {.memory = memory, .interrupts = interrupts, .default_kernel = settings.default_kernel},
          settings.compute_units) {}

void EmulatedDevice::create(const QueueSetup& setup, TimePoint now) {
    execution_.advance(now);
    execution_.drop(setup.name);
    EmulatedQueue queue{
        .setup = setup, .ring = AqlRing(setup, *memory_), .suspended = setup.starts_suspended};
    if (settings_.scheduler == Scheduler::hws) {
        queue.stalled_until = scheduler_free_at_;
    }
    execution_.queues().emplace(setup.name, queue);
}

void EmulatedDevice::destroy(QueueName queue, TimePoint now) {
    execution_.advance(now);
    execution_.drop(queue);
}

void EmulatedDevice::update(const QueueSetup& setup, TimePoint now) {
    execution_.advance(now);
    EmulatedQueue* const queue = find(setup.name);
    if (queue == nullptr) {
        return;
    }
    const bool was_mapped = queue->mapped();
    queue->setup = setup;
    queue->ring.replace(setup);
    if (was_mapped && !queue->mapped()) {
        save();
    } else if (!was_mapped && queue->mapped()) {
        restore(std::span(&queue, 1));
    }
}

void EmulatedDevice::set_cu_mask(QueueName queue, std::uint32_t enabled_units, TimePoint now) {
    execution_.advance(now);
    if (EmulatedQueue* const found = find(queue)) {
        found->enabled_units = enabled_units;
    }
}

TimePoint EmulatedDevice::suspend(std::span<const QueueName> queues, TimePoint now) {
    execution_.advance(now);
    bool unmapped = false;
    for (const QueueName name : queues) {
        if (EmulatedQueue* const queue = find(name)) {
            unmapped = unmapped || queue->mapped();
            queue->suspended = true;
        }
    }
    return unmapped ? save() : execution_.now();
}

TimePoint EmulatedDevice::resume(std::span<const QueueName> queues, TimePoint now) {
    execution_.advance(now);
    std::vector<EmulatedQueue*> mapped;
    for (const QueueName name : queues) {
        EmulatedQueue* const queue = find(name);
        if (queue == nullptr || !queue->suspended) {
            continue;
        }
        queue->suspended = false;
        if (queue->mapped()) {
            mapped.push_back(queue);
        }
    }
    return mapped.empty() ? execution_.now() : restore(mapped);
}

TimePoint EmulatedDevice::run(TimePoint now) {
    execution_.advance(now);
    execution_.poll();
    const TimePoint reached = execution_.now();
    const TimePoint poll =
        reached + (execution_.any_idle() ? settings_.poll_period : nothing_expected);
    return std::min(poll, execution_.next_event().value_or(poll));
}

DeviceCounters EmulatedDevice::counters() const {
    DeviceCounters counters = execution_.counters();
    counters.stalled = stalled_;
    return counters;
}

void EmulatedDevice::serve_memory(std::int64_t speed, TimePoint now) {
    execution_.advance(now);
    execution_.set_memory_speed(speed);
}

EmulatedQueue* EmulatedDevice::find(QueueName name) {
    const auto found = execution_.queues().find(name);
    return found == execution_.queues().end() ? nullptr : &found->second;
}

TimePoint EmulatedDevice::occupy_scheduler(Duration cost) {
    stalled_ += cost;
    scheduler_free_at_ = std::max(scheduler_free_at_, execution_.now()) + cost;
    return scheduler_free_at_;
}

TimePoint EmulatedDevice::save() {
    const TimePoint saved = occupy_scheduler(settings_.save_cost);
    if (settings_.scheduler == Scheduler::hws) {
        execution_.stall_everybody(saved);
    }
    return saved;
}

TimePoint EmulatedDevice::restore(std::span<EmulatedQueue* const> restored) {
    const TimePoint ready = occupy_scheduler(settings_.restore_cost);
    if (settings_.scheduler == Scheduler::hws) {
        execution_.stall_everybody(ready);
    }
    for (EmulatedQueue* const queue : restored) {
        execution_.stall(*queue, ready);
    }
    return ready;
}

}  // namespace penstock::emulator
