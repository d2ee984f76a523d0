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
#include "kmod-helpers/emulator/driver/faults.h"
#include "kmod-helpers/emulator/driver/owner_table.h"
#include "kmod-helpers/emulator/driver/settings.h"

namespace penstock::emulator {

// Everything that calls act upon.
struct Machine {
    Ports ports;
    DriverSettings settings;
    OwnerTable owners;
    Devices devices;
    Faults faults{};
    // The incarnation that debugging has reserved a device's only VMID for, by gpu_id.
    std::map<std::uint32_t, std::uint64_t> debug_vmids{};

    Machine(const Ports& outside, const DriverSettings& wanted)
        : ports(outside), settings(wanted), owners(outside.deaths), devices(wanted.dram) {}
};

struct Request {
    Machine& machine;
    Owner& caller;  // Who opened the file; for CRIU_OP the caller may be somebody else.
    std::uint32_t caller_tid = 0;
    TimePoint now{};
    std::size_t passed_bytes = 0;  // Of the argument, by the caller's own account.
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
