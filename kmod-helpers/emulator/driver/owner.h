// SPDX-License-Identifier: Apache-2.0
//
// Owner: what the driver keeps of one process that opened its file, or that a debugger attached to.
// It lives until the process dies, not until the file is closed.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/ports.h"

namespace penstock::emulator {

struct Queue {
    kfd::CreateQueue setup{};
    std::uint64_t exceptions = 0;
    bool suspended = false;
    bool being_destroyed = false;  // Its DESTROY_QUEUE waits until it is resumed.
};

struct Event {
    std::uint64_t age = 1;      // Rises with every set; how a waiter sees that one happened.
    std::uint32_t waiters = 0;  // Calls that wait for it now.
    bool auto_reset = false;
    bool set = false;
};

struct DebugSession {
    std::uint64_t debugger = 0;    // The incarnation of the owner that enabled it.
    std::uint64_t subscribed = 0;  // Exceptions that write a byte into the pipe.
    std::unique_ptr<EventPipe> pipe{};
};

struct Owner {
    // Unlike the process id, never used again: files remember who opened them by this.
    std::uint64_t incarnation = 0;
    std::uint32_t tgid = 0;
    std::map<std::uint32_t, Queue> queues{};
    std::map<std::uint32_t, Event> events{};
    std::uint32_t last_event = 0;
    kfd::RuntimeInfo runtime{};
    std::uint32_t runtime_answers = 0;  // Given by a debugger and not yet taken: a semaphore.
    bool runtime_interrupted = false;   // The repeated call only waits on.
    std::uint64_t exceptions = 0;
    std::map<std::uint32_t, std::uint64_t> device_exceptions{};  // By gpu_id.
    std::optional<DebugSession> debug{};

    [[nodiscard]] bool runtime_enabled() const {
        return runtime.runtime_state == static_cast<std::uint32_t>(kfd::RuntimeState::enabled);
    }
};

}  // namespace penstock::emulator
