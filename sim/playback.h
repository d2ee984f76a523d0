// SPDX-License-Identifier: Apache-2.0
//
// Playback: the agent's pipeline over a recording: the shipped sources, state, policy and guard, in
// recorded time. Nothing here is a copy of what the agent does.

#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "agent/loop/control_loop.h"
#include "agent/probes/recording/recorded_machine.h"
#include "agent/probes/source_group.h"

namespace penstock::sim {

class Playback final : private Probes, private Actuator, private Publisher {
  public:
    // Told of every tick: what was seen, and when it was in seconds since 1970.
    using Watcher = std::function<void(const Snapshot& seen, double time)>;

    Playback(RecordedMachine& machine, std::unique_ptr<Policy> policy, Watcher watcher);

    // To the end of the recording, or to the line that makes no sense.
    Result<> run();

  private:
    const Readings& read(TimePoint now) override;
    Outcome apply(const Decision& decision) override;
    void publish(const Snapshot& seen, const Outcome& done) override;

    RecordedMachine& machine_;
    Watcher watcher_;
    std::vector<Device> devices_{};  // Told once.
    std::optional<SourceGroup> sources_{};
    Readings readings_{};
    Decision standing_{};
    ControlLoop loop_;
};

}  // namespace penstock::sim
