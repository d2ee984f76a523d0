// SPDX-License-Identifier: Apache-2.0
//
// Devices: all emulated devices by gpu_id. Those without a queue cost nothing.

#pragma once

#include <map>
#include <memory>
#include <vector>

#include "kmod-helpers/emulator/device.h"
#include "kmod-helpers/emulator/driver/byte_window.h"
#include "kmod-helpers/emulator/driver/hold.h"
#include "kmod-helpers/emulator/driver/memory_bus.h"
#include "kmod-helpers/emulator/preset.h"

namespace penstock::emulator {

struct QueueAddress {
    std::uint32_t gpu_id = 0;
    QueueName name{};
};

// What the driver asked of one device, beside what the device itself counts.
struct Tally {
    std::size_t queues = 0;      // Now, without lost ones.
    std::uint64_t suspends = 0;  // Calls that stopped at least one queue; likewise below.
    std::uint64_t resumes = 0;   // Also the ends of evictions.
    std::uint64_t evictions = 0;
    std::uint64_t resets = 0;
};

class Devices {
  public:
    explicit Devices(const SharedBus& dram = {}) : memory_(dram) {}

    void add(const PresetDevice& description, std::unique_ptr<Device> device);

    [[nodiscard]] bool has(std::uint32_t gpu_id) const { return racks_.contains(gpu_id); }

    // Of a device that there is.
    [[nodiscard]] const PresetDevice& description(std::uint32_t gpu_id) const {
        return racks_.at(gpu_id).description;
    }

    [[nodiscard]] const Tally& tally(std::uint32_t gpu_id) const { return racks_.at(gpu_id).tally; }

    [[nodiscard]] DeviceCounters counters(std::uint32_t gpu_id) const {
        return racks_.at(gpu_id).device->counters();
    }

    [[nodiscard]] bool any_queue() const;

    // The queue's gpu_id must be that of a device.
    void create(std::uint32_t gpu_id, const QueueSetup& setup, TimePoint now);
    void destroy(QueueAddress queue, TimePoint now);
    void update(std::uint32_t gpu_id, const QueueSetup& setup, TimePoint now);
    void set_cu_mask(QueueAddress queue, std::uint32_t enabled_units, TimePoint now);

    // Return when the last device has finished.
    TimePoint suspend(const std::vector<QueueAddress>& queues, Hold why, TimePoint now);
    TimePoint resume(const std::vector<QueueAddress>& queues, TimePoint now);

    void count_reset(std::uint32_t gpu_id) { ++rack(gpu_id).tally.resets; }

    // Lets every device with queues execute what is due; when to come back, or never. Costs nothing
    // when called too early.
    TimePoint run(TimePoint now);

    // What crosses the memory's bus because of the device and, where it shares that with the
    // processors, of them.
    [[nodiscard]] DramRates rates(std::uint32_t gpu_id, TimePoint now) const;

    // What the devices that use the machine's memory ask of it, in bytes per second.
    [[nodiscard]] std::uint64_t dram_demand() const;

    [[nodiscard]] MemoryBus& memory() { return memory_; }

    [[nodiscard]] const MemoryBus& memory() const { return memory_; }

    [[nodiscard]] std::vector<PresetDevice> descriptions() const;

  private:
    struct Rack {
        PresetDevice description{};
        std::unique_ptr<Device> device{};
        Tally tally{};
        ByteWindow window{};
    };

    // For a change: what the device has due may then be due earlier.
    Rack& rack(std::uint32_t gpu_id) {
        next_ = TimePoint::min();
        return racks_.at(gpu_id);
    }

    // Kernels go on as the demand of all allows by now.
    void share_memory(TimePoint now);

    std::map<std::uint32_t, Rack> racks_;
    MemoryBus memory_;
    std::int64_t memory_speed_ = full_bus_speed;
    TimePoint next_ = TimePoint::min();  // Before it nothing is due.
};

}  // namespace penstock::emulator
