// SPDX-License-Identifier: Apache-2.0
//
// Execution: all queues of one device under processor sharing, from event to event.
//
// An event is the end of a kernel or of a save or restore. Between two events every rate is
// constant and progress is a whole number, so the result does not depend on how often advance() is
// called. A packet is seen when its queue's previous kernel ends, or at the next poll of an idle
// queue; a late call may therefore start it slightly before the client wrote it, never after it
// could start.
//
// Only queues with a kernel, at a barrier or due for a look are visited at an event: hundreds of
// idle queues beside them cost nothing.

#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/shared_bus.h"
#include "kmod-helpers/emulator/device.h"
#include "kmod-helpers/emulator/device/emulated_queue.h"
#include "kmod-helpers/emulator/device/packet_processor.h"
#include "kmod-helpers/emulator/device/poll_turn.h"

namespace penstock::emulator {

class Execution {
  public:
    // What a queue may consume per call; one that used it up waits for the next poll, so that no
    // client can hold the others up.
    static constexpr std::uint32_t packets_per_call = 64;

    using Queues = PollTurn::Queues;

    Execution(const Surroundings& around, std::uint32_t compute_units)
        : around_(around), compute_units_(compute_units) {}

    [[nodiscard]] Queues& queues() { return queues_; }

    [[nodiscard]] const Queues& queues() const { return queues_; }

    [[nodiscard]] TimePoint now() const { return now_; }

    // Executes everything due; an earlier time than before changes nothing.
    void advance(TimePoint to);

    // Looks at the rings of idle queues whose turn it is.
    void poll();

    // All queues stand still until then.
    void stall_everybody(TimePoint until);

    // The queue stands still until then, when its ring will be looked at.
    void stall(EmulatedQueue& queue, TimePoint until);

    // Forgets the queue and its kernel, which never completes.
    void drop(QueueName name);

    [[nodiscard]] std::optional<TimePoint> next_event() const;

    [[nodiscard]] bool any_idle() const;

    [[nodiscard]] DeviceCounters counters() const;

    // As in Device.
    [[nodiscard]] std::uint64_t dram_demand() const;

    void set_memory_speed(std::int64_t speed) { memory_speed_ = speed; }

  private:
    using Some = std::map<QueueName, EmulatedQueue*>;

    // The parts of the device that the queues have which execute now, in the order of their names;
    // and how fast each goes on.
    [[nodiscard]] std::vector<Rate> parts() const;
    [[nodiscard]] std::vector<Rate> rates() const;
    void progress(std::span<const Rate> rates, TimePoint to);
    [[nodiscard]] std::optional<TimePoint> next_event(std::span<const Rate> rates) const;
    void finish_kernels();
    void look_where_due();
    [[nodiscard]] std::uint32_t look_once_where_due();
    [[nodiscard]] std::uint32_t look(EmulatedQueue& queue);
    void look_at_idle_ones();
    void count(const Traffic& traffic);

    Surroundings around_;
    std::uint32_t compute_units_;
    TimePoint now_{};
    Queues queues_{};
    Some running_{};  // Those with a kernel, also while they are held.
    Some at_barrier_{};
    Some due_{};  // To be looked at as soon as they are idle.
    std::set<TimePoint> stall_ends_{};
    PollTurn turn_{};
    std::int64_t memory_speed_ = full_bus_speed;
    std::uint64_t calls_ = 0;
    DeviceCounters counters_{};  // Without the kernels that are running now.
};

}  // namespace penstock::emulator
