// SPDX-License-Identifier: Apache-2.0
//
// Bench: what a calibration does to a machine and sees of it. Tests put a machine behind it that
// behaves as they say, and no time passes.

#pragma once

#include "agent/probes/calibration/canary.h"
#include "agent/probes/calibration/stream_crew.h"

namespace penstock::calibration {

class Bench {
  public:
    Bench() = default;
    virtual ~Bench() = default;
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    // Each of which can stream by itself.
    [[nodiscard]] virtual std::size_t cores() const = 0;

    virtual void begin(StreamKind kind, Members who) = 0;

    // Ends what was begun; bytes per second of all together.
    virtual double end() = 0;

    // On the first core.
    virtual ProbeSample probe() = 0;

    // Until so long after the last call returned, or at once when that is over.
    virtual void wait(Duration period) = 0;

    // Whether somebody wants it to stop.
    [[nodiscard]] virtual bool interrupted() const = 0;
};

}  // namespace penstock::calibration
