// SPDX-License-Identifier: Apache-2.0
//
// Device power: whether a device sleeps. Reading almost any file of a sleeping device wakes it, and
// then it stays awake for seconds: whoever measures must look here first.
//
// The device may fall asleep between the look and the read. Then it is woken; there is no way to
// read that could not.

#pragma once

#include <array>
#include <memory>
#include <string>

#include "agent/probes/machine.h"
#include "agent/probes/source.h"

namespace penstock {

class DevicePower {
  public:
    // `device` is its folder in sysfs. A kernel that does not tell lets no device sleep.
    void open(Machine& machine, const std::string& device);

    // Allocates nothing.
    [[nodiscard]] bool asleep();

    static constexpr char sleeps[] =  // NOLINT(modernize-avoid-c-arrays): an Origin takes literals.
        "the device sleeps, and is not woken to be measured";

  private:
    std::unique_ptr<OpenFile> status_{};
    std::array<char, 32> text_{};
};

// The device is gone, for good or until it is found again.
[[nodiscard]] bool is_gone(int error);

// The failure is one of a device that is being reset, or busy.
[[nodiscard]] bool may_pass(int error);

// How a source stands that could not be opened or read: Later for what may pass.
[[nodiscard]] Opened standing_after(const Error& error);

}  // namespace penstock
