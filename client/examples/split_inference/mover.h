// SPDX-License-Identifier: Apache-2.0
//
// Mover: what carries an operation out, on the graphics or on the processors.

#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/stop_signal.h"

namespace penstock::split_inference {

class Mover {
  public:
    virtual ~Mover() = default;

    // The operation of that number, at `rate` bytes per second at most, or until the signal.
    virtual Result<> move(std::size_t operation, std::uint64_t rate, StopSignal& stop) = 0;

    // Nothing will be moved for a while.
    virtual Result<> rest() = 0;
};

}  // namespace penstock::split_inference
