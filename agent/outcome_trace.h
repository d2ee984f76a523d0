// SPDX-License-Identifier: Apache-2.0
//
// OutcomeTrace: every suspend and resume, and every accepted request, as one line of JSON each, for
// --trace. Times are CLOCK_MONOTONIC in ns; "queue" is null where all of a process were meant.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/units.h"
#include "policies/gate_wire.h"

namespace penstock {

class OutcomeTrace {
  public:
    OutcomeTrace() = default;  // Writes nothing.

    // Creates the file anew, readable by its owner and group only.
    static Result<OutcomeTrace> open(const std::string& path);

    // `pid` and `cause_pid` are 0 when the owner is gone already.
    void acted(const wire::Acted& report, std::uint32_t pid, std::uint32_t cause_pid);
    void requested(std::string_view request, std::uint32_t pid, TimePoint received);

    // Lines are collected and written together, because a write per event would delay the next.
    void flush();

  private:
    explicit OutcomeTrace(Fd file) : file_(std::move(file)) {}

    Fd file_;
    std::string pending_{};
};

}  // namespace penstock
