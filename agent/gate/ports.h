// SPDX-License-Identifier: Apache-2.0
//
// Ports: the doors between the gate's decisions and the machine. The program puts system calls
// behind them, a test fakes.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "kmod-helpers/debug_trap.h"
#include "policies/gate_wire.h"

namespace penstock::gate {

class Ladder;

struct Pointers {
    std::uint64_t written = 0;
    std::uint64_t read = 0;
};

// The memory of one process. It stays that of the same process, whoever gets its pid later.
class OwnerMemory {
  public:
    virtual ~OwnerMemory() = default;

    // Nothing when either can not be read.
    virtual std::optional<Pointers> pointers(std::uint64_t write_address,
                                             std::uint64_t read_address) = 0;
};

// The one tracer of all owners; the driver obeys only it.
class Tracer {
  public:
    virtual ~Tracer() = default;

    // The error is a sentence that says why not, and who can change it.
    virtual Result<> seize(pid_t pid) = 0;

    // Does the work in a thread that traces the process meanwhile, and ends with it. Unlike
    // release(), that stops nobody. The error is that of seizing, or of the work.
    virtual Result<> seize_briefly(pid_t pid, const std::function<Result<>()>& work) = 0;

    // Lets go of it, as soon as it can be stopped for that.
    virtual void release(pid_t pid) = 0;

    // Passes on whatever signals wait for the traced. Returns those that have ended.
    virtual std::vector<pid_t> attend() = 0;
};

class Processes {
  public:
    virtual ~Processes() = default;

    // Whether the pidfd refers to this pid and the process lives.
    virtual Result<> check(int pidfd, pid_t pid) = 0;

    virtual Result<std::unique_ptr<OwnerMemory>> memory_of(pid_t pid) = 0;

    // The path of what it executes, which the agent may not see of other users' processes; "" where
    // nobody can tell.
    virtual std::string program_of(int pidfd, pid_t pid) = 0;
};

// What the agent is told. Never waits: a report that finds no room is lost and counted.
class Outbox {
  public:
    virtual ~Outbox() = default;
    virtual void report(const wire::FromGate& message) = 0;
};

// The loop that calls back when a descriptor is readable.
class Wakeups {
  public:
    virtual ~Wakeups() = default;
    // Again is no harm: a descriptor's number may have been another one's before.
    virtual void watch(int fd) = 0;
};

struct Ports {
    kfd::DebugPort* debug = nullptr;  // None on a machine without a usable device.
    const Ladder* ladder = nullptr;   // None: nobody can be suspended.
    Tracer& tracer;
    Processes& processes;
    Outbox& outbox;
    Wakeups& wakeups;
    std::function<TimePoint()> clock;  // For the stamps around each ioctl(2).
};

}  // namespace penstock::gate
