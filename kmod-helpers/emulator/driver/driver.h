// SPDX-License-Identifier: Apache-2.0
//
// Driver: the amdgpu module's stand-in, without the file system in front of it. It has no thread
// and no lock: one caller at a time, and time arrives as data.

#pragma once

#include "kmod-helpers/emulator/driver/memory_rounds.h"
#include "kmod-helpers/emulator/driver/parked_calls.h"
#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

class Driver final : public Interrupts {
  public:
    Driver(const Ports& ports, const DriverSettings& settings);

    [[nodiscard]] Devices& devices() { return machine_.devices; }

    [[nodiscard]] const OwnerTable& owners() const { return machine_.owners; }

    [[nodiscard]] const DriverSettings& settings() const { return machine_.settings; }

    [[nodiscard]] const Faults& faults() const { return machine_.faults; }

    // Carries out the lines of the text, which arm faults or reset devices: all of them, or none
    // when one makes no sense. Returns 0 or a negative errno.
    int inject(std::string_view text, TimePoint now);

    // The thread opens the driver's file. What the file must remember, or nothing when it is dead
    // or a 32-bit program.
    std::optional<std::uint64_t> open(std::uint32_t tid, TimePoint now);

    // One of the files that `opener` has opened is closed everywhere, as execve(2) does to many.
    void closed(std::uint64_t opener, TimePoint now) { bury_former_opener(opener, now); }

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
    // The owner that the call acts for; null when the file is none of the caller's.
    [[nodiscard]] Owner* owner_for(const Call& call, std::uint64_t opener) const;

    // Ends a call before it got anywhere: its argument stays as the caller has it.
    void refuse(Call& call, int error);

    // Brings the argument here if the transport did not, and says where its answer goes. False when
    // it can not be read.
    bool fetch_argument(Call& call);

    // A process that executes another program by now is a new one for the driver.
    void bury_former_program(std::uint32_t tgid, TimePoint now);
    void bury_former_programs(TimePoint now);
    void bury_former_opener(std::uint64_t opener, TimePoint now);

    Machine machine_;
    ParkedCalls parked_;
    MemoryRounds memory_rounds_;
};

}  // namespace penstock::emulator
