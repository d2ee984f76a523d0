// SPDX-License-Identifier: Apache-2.0
//
// Accelerator: executes the packets of one device's queues in virtual time.
//
// Packets of one queue run one after the other. Those of several owners share the device as its
// model says: all at once, each owner being given an equal part, or one packet at a time. Suspended
// owners start nothing, or stop in the middle of a packet; saving and restoring what runs takes
// time, in which either the whole device stands still (one runlist: HWS) or only the owner's part
// of it does (MES).
//
// Work is counted in 1024ths of nanoseconds, in whole numbers: no part of a packet is lost or done
// twice, however often its share changes.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/shared_bus.h"
#include "sim/machine/line.h"
#include "sim/machine/scenario.h"

namespace penstock::sim {

class Accelerator {
  public:
    explicit Accelerator(const DeviceModel& model, TimePoint start)
        : model_(model), last_(start), standing_until_(start) {}

    // The next number from 0. Its work asks for so many bytes of DRAM per second of the device.
    std::uint32_t add_owner(std::uint64_t dram_rate = 0);
    std::uint32_t add_queue(std::uint32_t owner);

    void submit(std::uint32_t queue, Duration length, TimePoint now);

    // An owner, as the model's reach says; both do nothing where that is so already.
    void suspend(std::uint32_t number, TimePoint now);
    void resume(std::uint32_t number, TimePoint now);

    // The owner's queues are destroyed, with all that is in them.
    void remove(std::uint32_t number, TimePoint now);

    // When something ends here by itself; the end of time when nothing runs. Nobody may go past it.
    [[nodiscard]] TimePoint next_change() const { return next_; }

    // The queues of which a packet has ended by `now`, each once. Valid until the next call.
    std::span<const std::uint32_t> advance(TimePoint now);

    [[nodiscard]] bool runs(std::uint32_t owner) const { return owners_[owner].running > 0; }

    // Whether nothing of the owner's runs, nor will while it is suspended.
    [[nodiscard]] bool has_left(std::uint32_t owner) const;

    // When its latest save or restore is over, or was.
    [[nodiscard]] TimePoint changed_at(std::uint32_t owner) const {
        return owners_[owner].changed_at;
    }

    // Packets that have not begun: what the pointers of the queue show.
    [[nodiscard]] std::size_t unread(std::uint32_t number) const;

    // How much of its work is done, until the last call of advance() or serve_memory(). Where it
    // waits for memory, that is less than the device's time.
    [[nodiscard]] Duration service_of(std::uint32_t owner) const;

    // Bytes per second that what runs here asks of the memory.
    [[nodiscard]] std::uint64_t dram_demand() const;

    // From now on work that waits for memory has this speed, in 1024ths.
    void serve_memory(std::int64_t speed, TimePoint now);

    // From now on the owner asks for no more than so many 1024ths of its rate.
    void pace_memory(std::uint32_t number, std::int64_t pace, TimePoint now);

    [[nodiscard]] Duration busy() const { return busy_; }

    [[nodiscard]] Duration standing() const { return Duration(standing_ / unit); }

  private:
    using Work = std::int64_t;
    static constexpr Work unit = 1024;  // Of work in a nanosecond of the whole device.

    struct Packet {
        Work left = 0;
        std::uint64_t number = 0;  // In the order of launching, on the whole device.
        bool begun = false;
    };

    struct Queue {
        std::uint32_t owner = 0;
        bool runs = false;
        Line<Packet> packets{};
    };

    struct Owner {
        std::vector<std::uint32_t> queues{};
        bool suspended = false;
        bool saving = false;
        TimePoint changed_at{};  // While saving or restoring: when that is over.
        bool restoring = false;
        std::uint32_t running = 0;  // Of its queues.
        Work served = 0;
        std::uint64_t dram_rate = 0;
        Work memory_pace = full_bus_speed;

        [[nodiscard]] std::uint64_t asks() const {
            return dram_rate * static_cast<std::uint64_t>(memory_pace) /
                   static_cast<std::uint64_t>(full_bus_speed);
        }
    };

    [[nodiscard]] bool may_run(const Queue& queue) const;

    [[nodiscard]] bool stands() const { return standing_until_ > last_; }

    [[nodiscard]] Work sharers() const { return static_cast<Work>(running_owners_ + saving_); }

    [[nodiscard]] Work parts() const { return static_cast<Work>(model_.parts); }

    [[nodiscard]] Work speed_of(const Owner& owner) const {
        return owner.dram_rate > 0 ? owner.memory_pace * memory_speed_ / full_bus_speed
                                   : full_bus_speed;
    }

    void pass(TimePoint now);
    void serve(Work each);
    bool end_transitions();
    void start(std::uint32_t number);
    void stop(std::uint32_t number);
    void leave(Queue& queue);
    void fill();
    void fill_one();
    void fill_after(std::span<const std::uint32_t> changed);
    void note_next();
    [[nodiscard]] TimePoint next_transition() const;
    [[nodiscard]] TimePoint next_end() const;
    void take_off(Owner& owner);
    void begin_transition(Owner& owner, Duration takes, bool& which);

    const DeviceModel& model_;
    std::vector<Owner> owners_{};
    std::vector<Queue> queues_{};
    std::vector<std::uint32_t> running_{};  // Queues whose first packet runs.
    std::vector<std::uint32_t> ended_{};
    TimePoint last_;            // Everything here is as of then.
    TimePoint standing_until_;  // The whole device stands still.
    TimePoint next_ = TimePoint::max();
    std::size_t running_owners_ = 0;
    std::uint64_t running_dram_ = 0;  // What those owners ask for if each has the whole device.
    Work memory_speed_ = full_bus_speed;
    std::size_t saving_ = 0;
    std::size_t restoring_ = 0;
    std::uint64_t submitted_ = 0;
    bool any_may_start_ = false;  // Not only the queues that have changed since.
    Duration busy_{};
    Work standing_ = 0;  // The device's time that suspending and resuming took, as work.
};

}  // namespace penstock::sim
