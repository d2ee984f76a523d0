// SPDX-License-Identifier: Apache-2.0
//
// Emulated device: execution under the scheduler's hand. It decides what a save or a restore costs
// whom: with HWS the runlist is reloaded and everybody stands still, with MES only who is meant.

#pragma once

#include "kmod-helpers/emulator/device.h"
#include "kmod-helpers/emulator/device/execution.h"

namespace penstock::emulator {

class EmulatedDevice final : public Device {
  public:
    EmulatedDevice(const DeviceSettings& settings, ClientMemory& memory, Interrupts& interrupts);

    void create(const QueueSetup& setup, TimePoint now) override;
    void destroy(QueueName queue, TimePoint now) override;
    void update(const QueueSetup& setup, TimePoint now) override;
    void set_cu_mask(QueueName queue, std::uint32_t enabled_units, TimePoint now) override;
    TimePoint suspend(std::span<const QueueName> queues, TimePoint now) override;
    TimePoint resume(std::span<const QueueName> queues, TimePoint now) override;
    TimePoint run(TimePoint now) override;

    [[nodiscard]] DeviceCounters counters() const override;

    [[nodiscard]] std::uint64_t dram_demand() const override { return execution_.dram_demand(); }

    void serve_memory(std::int64_t speed, TimePoint now) override;

  private:
    [[nodiscard]] EmulatedQueue* find(QueueName name);
    TimePoint occupy_scheduler(Duration cost);
    TimePoint save();
    TimePoint restore(std::span<EmulatedQueue* const> restored);

    DeviceSettings settings_;
    ClientMemory* memory_;
    Execution execution_;
    Duration stalled_{};
    TimePoint scheduler_free_at_{};  // Saves and restores of one device never overlap.
};

}  // namespace penstock::emulator
