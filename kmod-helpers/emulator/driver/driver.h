// SPDX-License-Identifier: Apache-2.0
//
// Driver: the amdgpu module's stand-in, without the file system in front of it. It has no thread
// and no lock: one caller at a time, and time arrives as data.

#pragma once

#include "kmod-helpers/emulator/driver/parked_calls.h"
#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

class Driver final : public Interrupts {
  public:
    Driver(const Ports& ports, PermissionRule permission);

    [[nodiscard]] Devices& devices() { return machine_.devices; }

    [[nodiscard]] const OwnerTable& owners() const { return machine_.owners; }

    // The thread opens the driver's file. What the file must remember, or nothing when it is dead.
    std::optional<std::uint64_t> open(std::uint32_t tid);

    // One ioctl(2) on a file that `opener` has opened. Answered through the ports, now or later.
    void call(Call call, std::uint64_t opener, TimePoint now);

    // A signal arrived at the caller. False when no such call waits.
    bool interrupt(std::uint64_t call) { return parked_.interrupt(call); }

    // The process is gone: its queues too, and who it debugged runs again.
    void died(std::uint32_t tgid, TimePoint now);

    // Executes what is due, ends waits, and returns when to come back: never, without a queue.
    TimePoint run(TimePoint now);

    // From the devices: a signal with a mailbox completed.
    void raise(std::uint32_t tgid, std::uint32_t event_id) override;

  private:
    [[nodiscard]] Owner* opened_by_caller(const Call& call, std::uint64_t opener) const;

    Machine machine_;
    ParkedCalls parked_;
};

}  // namespace penstock::emulator
