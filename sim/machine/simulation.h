// SPDX-License-Identifier: Apache-2.0
//
// Simulation: one policy on one scenario, in virtual time.
//
// It is the agent's control loop with the shipped state, policy and guard, whose ports lead to a
// modelled machine instead of a kernel. The same scenario, policy and seed always give the same
// figures.

#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "agent/loop/control_loop.h"
#include "sim/machine/run_watch.h"
#include "sim/machine/shared_memory.h"
#include "sim/machine/warden.h"

namespace penstock::sim {

class Simulation final : private Probes, private Actuator, private Publisher, private PointerWatch {
  public:
    // When it begins. Not 0, which stands for "never" here and there.
    static constexpr TimePoint origin = TimePoint(std::chrono::seconds(1));

    // `native`: as if Penstock were not installed; the policy should order nothing then.
    enum class Mode : std::uint8_t { scheduled, native };

    // The scenario must outlive it.
    Simulation(const Scenario& scenario, std::unique_ptr<Policy> policy, Mode mode);

    // Told of the run, as long as it follows: that makes a run slower. It must outlive this.
    void watch(RunWatch& watch) { watch_ = &watch; }

    // Has another policy decide from then on, counted from the start, as a client of the agent may.
    // Before run(), in the order of time.
    void switch_at(Duration after, std::unique_ptr<Policy> policy);

    // Once.
    RunFigures run();

    // For benchmarks: goes on until so much virtual time has passed, and returns how many events
    // there were since the start.
    std::uint64_t run_for(Duration time);

  private:
    struct Switch {
        TimePoint at{};
        std::unique_ptr<Policy> policy{};
    };

    const Readings& read(TimePoint now) override;
    Outcome apply(const Decision& decision) override;

    void publish(const Snapshot& /*seen*/, const Outcome& /*done*/) override {}

    void launched(std::uint32_t process, TimePoint now) override;

    void begin();
    void run_until(TimePoint end);
    [[nodiscard]] TimePoint next() const;
    [[nodiscard]] TimePoint next_switch() const;
    void step(TimePoint now);
    bool step_device(TimePoint now);
    void switch_policy(TimePoint now);
    void step_warden(TimePoint now);
    void consult(TimePoint now);
    void happen(const Event& event);
    void plan_deaths();
    void announce_machine();
    void announce_process(std::uint32_t number);
    void show_runs();
    void end_watch();
    void mark(int sign);
    void wind_down();

    const Scenario& scenario_;
    Agenda agenda_{};
    std::vector<Accelerator> accelerators_{};
    Workload workload_;
    std::vector<Warden> wardens_{};
    std::vector<DeviceOrder> empty_orders_{};
    SharedMemory memory_;
    ControlLoop loop_;
    std::deque<Switch> switches_{};
    std::vector<std::uint32_t> buried_{};  // The agent learns of their end with its next tick.
    Readings readings_{};
    RunWatch* watch_ = nullptr;
    std::vector<bool> shown_{};  // By process: whether it runs, as the watch knows it.
    bool announced_ = false;
    TimePoint now_;
    TimePoint next_tick_;
    std::uint64_t steps_ = 0;
};

}  // namespace penstock::sim
