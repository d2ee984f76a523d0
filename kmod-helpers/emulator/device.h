// SPDX-License-Identifier: Apache-2.0
//
// Device: one emulated accelerator. It consumes real AQL packets from the rings in its clients'
// memory, models their execution, and completes their signals there.
//
// The model: packets of one queue run one after the other; queues that have work share the device
// in equal parts (a kernel of 1 ms takes 2 ms beside another). A CU mask bounds a queue's part.
// Suspending a queue saves its running kernel's progress, resuming restores it, and each costs the
// configured time. With HWS (gfx9, gfx10) every queue of the device stands still for a save or
// restore, because the runlist is reloaded; with MES only the queue itself does.
// Time arrives as data, and nothing here locks: the server calls it from one thread at a time.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/units.h"

namespace penstock::emulator {

// What the device reaches outside itself.
class ClientMemory {
  public:
    static constexpr std::size_t most_words = 64;  // That are read together.

    virtual ~ClientMemory() = default;

    // False when any part of the range can not be reached; the device then leaves the queue alone.
    virtual bool read(std::uint32_t tgid, std::uint64_t address, std::span<std::byte> into) = 0;
    virtual bool write(std::uint32_t tgid,
                       std::uint64_t address,
                       std::span<const std::byte> from) = 0;

    // Up to `most_words` words from as many places; a system's memory does that at the price of
    // about one. Returns how many, from the first on, could be read.
    virtual std::size_t read_words(std::uint32_t tgid,
                                   std::span<const std::uint64_t> addresses,
                                   std::span<std::uint64_t> into) {
        std::size_t known = 0;
        while (known < addresses.size() &&
               read(tgid, addresses[known], std::as_writable_bytes(into.subspan(known, 1)))) {
            ++known;
        }
        return known;
    }
};

class Interrupts {
  public:
    virtual ~Interrupts() = default;

    // A signal with a mailbox completed: wakes WAIT_EVENTS callers of that event.
    virtual void raise(std::uint32_t tgid, std::uint32_t event_id) = 0;
};

struct QueueName {
    std::uint32_t tgid = 0;
    std::uint32_t number = 0;
    auto operator<=>(const QueueName&) const = default;
};

struct QueueSetup {
    QueueName name{};
    std::uint32_t type = 0;  // As in kfd::CreateQueue.
    std::uint64_t ring_address = 0;
    std::uint32_t ring_bytes = 0;
    std::uint64_t write_address = 0;
    std::uint64_t read_address = 0;
    std::uint32_t percentage = 100;  // 0: not scheduled, as in UPDATE_QUEUE.
    std::uint32_t priority = 7;
    bool starts_suspended = false;  // Of a new queue: as if suspended, at no cost.
};

enum class Scheduler : std::uint8_t { hws, mes };

struct DeviceSettings {
    Scheduler scheduler = Scheduler::hws;
    std::uint32_t compute_units = 104;
    Duration save_cost{std::chrono::microseconds(100)};
    Duration restore_cost{std::chrono::microseconds(100)};
    Duration default_kernel{std::chrono::microseconds(10)};  // For dispatches we can not read.
    Duration poll_period{std::chrono::microseconds(100)};    // How often rings are looked at.
};

// Since the device was made; they only rise.
struct DeviceCounters {
    std::uint64_t dram_read_bytes = 0;
    std::uint64_t dram_written_bytes = 0;
    std::uint64_t packets = 0;
    std::uint64_t kernels = 0;
    Duration busy{};     // Time in which at least one kernel made progress.
    Duration stalled{};  // Time that saves and restores took: of everybody with HWS.
};

class Device {
  public:
    static std::unique_ptr<Device> make(const DeviceSettings& settings,
                                        ClientMemory& memory,
                                        Interrupts& interrupts);

    virtual ~Device() = default;

    virtual void create(const QueueSetup& setup, TimePoint now) = 0;
    virtual void destroy(QueueName queue, TimePoint now) = 0;
    virtual void update(const QueueSetup& setup, TimePoint now) = 0;
    virtual void set_cu_mask(QueueName queue, std::uint32_t enabled_units, TimePoint now) = 0;

    // Queues already in that state cost nothing. Returns when the save (restore) is complete: the
    // caller's ioctl(2) lasts until then.
    virtual TimePoint suspend(std::span<const QueueName> queues, TimePoint now) = 0;
    virtual TimePoint resume(std::span<const QueueName> queues, TimePoint now) = 0;

    // Executes everything due by `now`, looks at the rings, and returns when to be called next.
    virtual TimePoint run(TimePoint now) = 0;

    [[nodiscard]] virtual DeviceCounters counters() const = 0;

    // Bytes per second that the running kernels would move if memory were always there.
    [[nodiscard]] virtual std::uint64_t dram_demand() const = 0;

    // From now on kernels that move memory have so many 1024ths of their speed.
    virtual void serve_memory(std::int64_t speed, TimePoint now) = 0;
};

}  // namespace penstock::emulator
