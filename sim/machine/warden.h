// SPDX-License-Identifier: Apache-2.0
//
// Warden: what the gate's desk (agent/gate/desk.h) is to a device, it is to a simulated one.
//
// It feeds the shipped OrderExecutor with what a gate would see and when: moves of pointers that it
// has asked for, and looks at queues from time to time. What the executor wants takes effect a
// little later. It decides nothing itself.

#pragma once

#include <optional>
#include <vector>

#include "policies/gate_wire.h"
#include "policies/order_executor.h"
#include "sim/machine/workload.h"

namespace penstock::sim {

class Warden {
  public:
    Warden(GpuId gpu, const DeviceModel& model, Workload& workload, Agenda& agenda)
        : gpu_(gpu), model_(model), workload_(workload), agenda_(agenda) {}

    // Once all processes are there.
    void prepare() { cared_.resize(workload_.processes().size()); }

    // False when the order is the standing one.
    bool follow(const DeviceOrder& order, TimePoint now);

    // A pointer has moved: the gate learns it later, if it has asked for it.
    void launched(std::uint32_t process, TimePoint now);
    void noticed(std::uint32_t process, TimePoint now);

    // The process is dead, and its queues with it.
    void gone(std::uint32_t process, TimePoint now);

    // When pass_time() is due; the end of time when only events matter.
    [[nodiscard]] TimePoint next() const { return next_; }

    void pass_time(TimePoint now);

    // What a neighbour does has made a difference here.
    void act(TimePoint now);

    // For neighbours.h.
    [[nodiscard]] OrderExecutor& executor() { return executor_; }

    [[nodiscard]] bool anyone_suspended() const { return executor_.anyone_suspended(); }

    // What was carried out since the last call, as the gate reports it.
    void report_to(std::vector<wire::FromGate>& news);

  private:
    struct Cared {
        bool asked = true;          // The next move of its pointer will be told.
        bool told = false;          // It is under way.
        bool tracked = false;       // It is in tracked_.
        std::uint64_t written = 0;  // As last seen.
    };

    void take_work(std::uint32_t process, TimePoint now);
    bool attend_idle(TimePoint now);
    bool attend(std::uint32_t process, TimePoint now);
    void forget_idle();
    void look_around(TimePoint now);
    void carry_out(const Action& action, TimePoint now);

    GpuId gpu_;
    const DeviceModel& model_;
    Workload& workload_;
    Agenda& agenda_;
    DeviceOrder standing_{};
    OrderExecutor executor_{};
    std::vector<Cared> cared_{};            // By process.
    std::vector<std::uint32_t> tracked_{};  // Those that had work when last seen.
    std::vector<Action> due_{};
    std::vector<wire::Acted> acted_{};
    bool samples_ = false;
    TimePoint last_look_{};
    TimePoint next_ = TimePoint::max();
};

// The number of a process in the scenario, and what decisions call it.
[[nodiscard]] constexpr OwnerId owner_of(std::uint32_t process) {
    return OwnerId{std::uint64_t{process} + 1};
}

[[nodiscard]] constexpr std::uint32_t process_of(OwnerId owner) {
    return static_cast<std::uint32_t>(owner.value - 1);
}

}  // namespace penstock::sim
