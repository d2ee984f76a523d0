// SPDX-License-Identifier: Apache-2.0
//
// Slow wait: a call that hangs in the hardware for a long time. Unlike a short one it can be ended
// by killing its caller, so that a test of it does not hang either.

#pragma once

#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

class SlowWait final : public Wait {
  public:
    SlowWait(const Request& request, TimePoint until, int result)
        : tasks_(request.machine.ports.tasks),
          caller_tid_(request.caller_tid),
          next_look_(request.now),
          until_(until),
          result_(result) {}

    std::optional<int> over(TimePoint now, std::span<std::byte> argument) override;

    [[nodiscard]] TimePoint latest() const override { return std::min(until_, next_look_); }

    std::optional<int> interrupted() override { return std::nullopt; }

  private:
    Tasks& tasks_;
    std::uint32_t caller_tid_;
    TimePoint next_look_;  // At whether the caller is being killed: nothing tells us.
    TimePoint until_;
    int result_;
};

}  // namespace penstock::emulator
