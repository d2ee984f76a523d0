// SPDX-License-Identifier: Apache-2.0
//
// Ports that remember: probes that play back readings, an actuator and a publisher that keep what
// they were given.

#pragma once

#include <utility>
#include <vector>

#include "agent/loop/ports.h"

namespace penstock::fakes {

class ScriptedProbes final : public Probes {
  public:
    // What the next read() returns; after that nothing is new.
    Readings next{};

    const Readings& read(TimePoint /*now*/) override {
        given_ = std::exchange(next, {});
        return given_;
    }

  private:
    Readings given_{};
};

class RecordingActuator final : public Actuator {
  public:
    std::vector<Decision> applied{};
    Outcome answer{};

    Outcome apply(const Decision& decision) override {
        applied.push_back(decision);
        return answer;
    }
};

class RecordingPublisher final : public Publisher {
  public:
    std::vector<Snapshot> seen{};
    std::vector<Outcome> outcomes{};

    void publish(const Snapshot& snapshot, const Outcome& outcome) override {
        seen.push_back(snapshot);
        outcomes.push_back(outcome);
    }
};

}  // namespace penstock::fakes
