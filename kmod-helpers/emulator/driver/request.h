// SPDX-License-Identifier: Apache-2.0
//
// Request: one ioctl(2) on its way through the emulated driver, and what can become of it: a result
// at once, or a wait that ends later.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <variant>

#include "kmod-helpers/emulator/driver/devices.h"
#include "kmod-helpers/emulator/driver/owner_table.h"

namespace penstock::emulator {

// Which of the permission rules seen in the wild DBG_TRAP follows.
enum class PermissionRule : std::uint8_t {
    traced,    // Until 6.12.102: every call but DISABLE must come from the target's tracer.
    debugger,  // Since then: who enabled debugging may also go on after it detached.
};

// Everything that calls act upon.
struct Machine {
    Ports ports;
    PermissionRule permission = PermissionRule::traced;
    OwnerTable owners;
    Devices devices{};

    Machine(const Ports& outside, PermissionRule rule)
        : ports(outside), permission(rule), owners(outside.deaths) {}
};

struct Request {
    Machine& machine;
    Owner& caller;
    std::uint32_t caller_tid = 0;
    TimePoint now{};
};

class Wait {
  public:
    Wait() = default;
    virtual ~Wait() = default;
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

    // What the call returns, once it is over. May change the argument that goes back.
    virtual std::optional<int> over(TimePoint now, std::span<std::byte> argument) = 0;

    // When it ends by itself at the latest.
    [[nodiscard]] virtual TimePoint latest() const { return TimePoint::max(); }

    // A signal arrived at the caller: the result it ends with, or nothing to wait on regardless.
    virtual std::optional<int> interrupted() = 0;
};

// The result of ioctl(2) (a negative errno for a failure), or a wait.
using Verdict = std::variant<int, std::unique_ptr<Wait>>;

}  // namespace penstock::emulator
