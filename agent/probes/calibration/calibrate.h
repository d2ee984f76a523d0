// SPDX-License-Identifier: Apache-2.0
//
// Calibrate: measures this machine's memory, in a given time, with all cores busy for most of it.

#pragma once

#include "agent/probes/calibration/calibration.h"
#include "agent/probes/machine.h"

namespace penstock::calibration {

struct CalibrateOrder {
    Duration length{std::chrono::seconds(10)};
    std::string date{};               // UTC, for the record.
    bool (*interrupted)() = nullptr;  // Asked several times per second.
};

// Two fifths of the time go to the peak, the rest to the canary. A machine on which the canary can
// not be judged (one core, several nodes, too little memory) gets its peak all the same.
[[nodiscard]] Result<Calibration> calibrate(Machine& machine, const CalibrateOrder& order);

}  // namespace penstock::calibration
