// SPDX-License-Identifier: Apache-2.0
//
// Hardware wait: a save or a restore takes its time, and the call that asked for it lasts as long.

#pragma once

#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

// The driver spins for the scheduler here, deaf to signals.
class HardwareWait final : public Wait {
  public:
    HardwareWait(TimePoint until, int result) : until_(until), result_(result) {}

    std::optional<int> over(TimePoint now, std::span<std::byte> argument) override;

    [[nodiscard]] TimePoint latest() const override { return until_; }

    std::optional<int> interrupted() override { return std::nullopt; }

  private:
    TimePoint until_;
    int result_;
};

// A result that is known now but holds only from `until` on.
Verdict at(TimePoint until, int result, TimePoint now);

}  // namespace penstock::emulator
