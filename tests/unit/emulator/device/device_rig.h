// SPDX-License-Identifier: Apache-2.0
//
// Device rig: a device, its fake memory and a clock that only the test moves.

#pragma once

#include <deque>
#include <memory>

#include "tests/unit/emulator/device/client_queue.h"

namespace penstock::emulator {

// A good while after the clock's beginning, as on a real machine.
inline constexpr TimePoint start = TimePoint(std::chrono::seconds(1000));

class DeviceRig {
  public:
    explicit DeviceRig(const DeviceSettings& settings = {})
        : device(Device::make(settings, memory, interrupts)) {}

    ClientQueue& add_queue(QueueName name, TimePoint when = start) {
        ClientQueue& queue = queues_.emplace_back(memory, name);
        device->create(queue.setup(), when);
        return queue;
    }

    TimePoint suspend(const ClientQueue& queue, TimePoint when) {
        const QueueName name = queue.name();
        return device->suspend(std::span(&name, 1), when);
    }

    TimePoint resume(const ClientQueue& queue, TimePoint when) {
        const QueueName name = queue.name();
        return device->resume(std::span(&name, 1), when);
    }

    FakeMemory memory{};
    FakeInterrupts interrupts{};
    std::unique_ptr<Device> device;

  private:
    std::deque<ClientQueue> queues_{};  // Their addresses stay.
};

}  // namespace penstock::emulator
