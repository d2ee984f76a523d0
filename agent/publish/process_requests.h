// SPDX-License-Identifier: Apache-2.0
//
// Process requests: finds the process that a client means, and preempts or resumes it or a queue.
//
// AuthorizationFilter has let them pass. Each checks its arguments, and hands the rest to the loop,
// which has sent the new standing order before the answer goes out.

#pragma once

#include <cstdint>
#include <string>

#include "agent/publish/caller.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// One incarnation of a process.
struct Target {
    std::uint32_t pid = 0;
    OwnerId id{};
    bool operator==(const Target&) const = default;
};

// Null when it has gone, also when another process has its pid.
ProcessObject* find_target(const Surface& surface, const Target& target);

// Refused with the range: numbers that are no pid.
Answer<> check_pid(std::uint32_t pid);

// The process object with this pid. Refused: numbers that are no pid, NoSuchProcess when nobody has
// the pid, NotManaged when its process has no queue.
Answer<ProcessObject*> find_process(const Surface& surface, std::uint32_t pid);

Answer<> preempt(ProcessObject& process, const Caller& caller, std::uint64_t max_usec);
Answer<> resume(ProcessObject& process, const Caller& caller);

// One queue of a process; which process, its object says.
struct OwnQueue {
    GpuId gpu{};
    std::uint32_t number = 0;
};

// Refused beyond what preempt() refuses: NoSuchQueue, and NotSupported where the process' rung
// takes no single queues.
Answer<> preempt_queue(ProcessObject& process,
                       const Caller& caller,
                       OwnQueue queue,
                       std::uint64_t max_usec);
Answer<> resume_queue(ProcessObject& process, const Caller& caller, OwnQueue queue);

}  // namespace penstock::dbus
