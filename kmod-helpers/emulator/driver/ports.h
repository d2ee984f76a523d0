// SPDX-License-Identifier: Apache-2.0
//
// Ports of the emulated driver: everything it asks of the machine it runs on. Tests put fakes here.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "kmod-helpers/emulator/device.h"

namespace penstock::emulator {

struct TaskStatus {
    std::uint32_t tgid = 0;
    std::uint32_t tracer_tid = 0;  // The ptrace tracer of the thread group's leader; 0 for none.
};

class Tasks {
  public:
    virtual ~Tasks() = default;

    // Of the thread with this id; nothing for a dead one, a zombie or a kernel thread.
    virtual std::optional<TaskStatus> status(std::uint32_t tid) = 0;
    virtual bool belongs_to(std::uint32_t tid, std::uint32_t tgid) = 0;

    // Whether the thread is privileged in the machine's own user namespace; `capability` is one of
    // <linux/capability.h>.
    virtual bool has_capability(std::uint32_t tid, unsigned capability) = 0;

    // Whether its program is a 32-bit one.
    virtual bool is_32_bit(std::uint32_t tid) = 0;

    // Whether it can do nothing but end.
    virtual bool is_being_killed(std::uint32_t tid) = 0;
};

// The write end of a debugger's pipe. Never blocks: a full pipe loses the byte.
class EventPipe {
  public:
    virtual ~EventPipe() = default;
    virtual void notify() = 0;
};

class CallerFiles {
  public:
    virtual ~CallerFiles() = default;

    // A second reference to descriptor `number` of that process; null when it has none such.
    virtual std::unique_ptr<EventPipe> take(std::uint32_t tgid, std::uint32_t number) = 0;
};

class Deaths {
  public:
    virtual ~Deaths() = default;

    // From now on the driver is told when the process is gone. False when it already is.
    virtual bool watch(std::uint32_t tgid) = 0;
    virtual void unwatch(std::uint32_t tgid) = 0;

    // Whether the watched process still has the memory it had then. After execve(2) it has not, and
    // nobody is told.
    virtual bool has_same_memory(std::uint32_t tgid) = 0;
};

class Answers {
  public:
    virtual ~Answers() = default;

    // Ends a call: `result` is what ioctl(2) returns, or a negative errno.
    virtual void answer(std::uint64_t call, int result, std::span<const std::byte> argument) = 0;
};

struct Ports {
    ClientMemory& memory;
    Tasks& tasks;
    CallerFiles& files;
    Deaths& deaths;
    Answers& answers;
};

}  // namespace penstock::emulator
