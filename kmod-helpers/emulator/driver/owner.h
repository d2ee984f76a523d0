// SPDX-License-Identifier: Apache-2.0
//
// Owner: what the driver keeps of one process that opened its file, or that a debugger attached to.
// It lives as long as the process' memory: until it dies or executes another program, not until the
// file is closed.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/hold.h"
#include "kmod-helpers/emulator/driver/ports.h"

namespace penstock::emulator {

struct Queue {
    kfd::CreateQueue setup{};
    std::uint64_t exceptions = 0;
    std::uint8_t holds = 0;        // It runs only when there are none.
    bool being_destroyed = false;  // Its DESTROY_QUEUE waits until it is resumed.
    bool lost = false;             // Its device was reset: it never executes again.
    bool masked_by_owner = false;  // By SET_CU_MASK.
    bool half_masked = false;      // For its debugger; see Generation.

    [[nodiscard]] bool held_by(Hold hold) const {
        return (holds & static_cast<std::uint8_t>(hold)) != 0;
    }
};

struct Event {
    std::uint64_t serial = 0;   // Unlike its number, never used again by its owner.
    std::uint64_t age = 1;      // Rises with every set; how a waiter sees that one happened.
    std::uint32_t waiters = 0;  // Calls that wait for it now.
    bool auto_reset = false;
    bool set = false;
    bool is_signal = true;  // Others are the driver's to set, and have no mailbox.
};

struct DebugSession {
    std::uint64_t subscribed = 0;  // Exceptions that write a byte into the pipe.
    std::uint32_t flags = 0;
    std::unique_ptr<EventPipe> pipe{};
};

struct Owner {
    // Unlike the process id, never used again: files remember who opened them by this.
    std::uint64_t incarnation = 0;
    std::uint32_t tgid = 0;
    std::map<std::uint32_t, Queue> queues{};
    std::map<std::uint32_t, Event> events{};
    std::uint64_t events_made = 0;
    kfd::RuntimeInfo runtime{};
    std::uint32_t runtime_answers = 0;  // Given by a debugger and not yet taken: a semaphore.
    bool runtime_interrupted = false;   // The repeated call only waits on.
    std::uint64_t exceptions = 0;
    std::map<std::uint32_t, std::uint64_t> device_exceptions{};  // By gpu_id.
    std::optional<DebugSession> debug{};
    // The incarnation of the owner that asked last to debug this one, even in vain; 0 for none.
    std::uint64_t debugger = 0;
    std::uint32_t evictions = 0;  // How often evicted: its queues run at 0.
    bool paused = false;          // By PROCESS_INFO, until UNPAUSE.
    TimePoint evicted_since{};
    Duration evicted{};  // Over all evictions that have ended.

    [[nodiscard]] bool runtime_enabled() const {
        return runtime.runtime_state == static_cast<std::uint32_t>(kfd::RuntimeState::enabled);
    }
};

}  // namespace penstock::emulator
