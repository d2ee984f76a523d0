// SPDX-License-Identifier: Apache-2.0
//
// Tick rig: the agent's loop on the crowded machine, with an actuator and a publisher that only
// look at what they are given.

#pragma once

#include <memory>
#include <string>

#include "agent/loop/control_loop.h"
#include "tests/bench/probes/crowded_machine.h"

namespace penstock::bench {

class TickRig {
  public:
    // With further sources of the caller's own, which measure nothing that counts.
    TickRig(const std::string& gpu_metrics, std::vector<NumberedSource> others);

    // One tick; at every tenth the gate has told of all queues.
    void tick(TimePoint now);

    // One of the nine ticks between.
    void tick_without_news(TimePoint now) { loop_.tick(now); }

    [[nodiscard]] const Snapshot& snapshot() { return loop_.state().snapshot(); }

  private:
    class Idle final : public Actuator, public Publisher {
      public:
        Outcome apply(const Decision& decision) override;
        void publish(const Snapshot& seen, const Outcome& done) override;
        std::size_t seen_ = 0;
    };

    CrowdedMachine machine_;
    MachineProbes probes_;
    Idle idle_;
    ControlLoop loop_;
    std::uint64_t ticks_ = 0;
};

}  // namespace penstock::bench
