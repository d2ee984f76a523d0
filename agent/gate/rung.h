// SPDX-License-Identifier: Apache-2.0
//
// Rung: one way to take a process' queues off the device and to put them back. A session stands on
// at most one; docs/safety.md compares them.
//
// Whatever a rung has suspended runs again when the rung is destroyed.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/gate/ports.h"
#include "policies/gate_wire.h"
#include "policies/single_queues.h"

namespace penstock::gate {

// The process that a rung is to be found for.
struct Target {
    std::uint32_t pid = 0;
    int pidfd = -1;
};

class Rung {
  public:
    struct News {
        bool queues_changed = false;  // snapshot() has something new.
        std::string lost{};  // Why the rung no longer holds; "" while it does. It is then let go.
    };

    Rung() = default;
    virtual ~Rung() = default;
    Rung(const Rung&) = delete;
    Rung& operator=(const Rung&) = delete;

    [[nodiscard]] virtual PreemptionLevel level() const = 0;

    // Whether suspend() and resume() leave alone what they do not name.
    [[nodiscard]] bool takes_single_queues() const {
        return penstock::takes_single_queues(level());
    }

    // Only queues of such a type are passed to suspend().
    [[nodiscard]] virtual bool takes(QueueType type) const = 0;

    // Readable when take_news() is due; -1 for none.
    [[nodiscard]] virtual int events() const { return -1; }

    virtual News take_news() { return {}; }

    // When take_news() is due although nothing became readable; an answer may be overdue.
    [[nodiscard]] virtual std::optional<TimePoint> deadline() const { return std::nullopt; }

    // Queues of one device by number. What was not reached has its bit set, as in kfd::DebugPort.
    virtual Result<kfd::Reach> suspend(GpuId gpu, std::span<std::uint32_t> queues) = 0;
    virtual Result<kfd::Reach> resume(GpuId gpu, std::span<std::uint32_t> queues) = 0;

    // The levers that do not preempt; ignored where the rung has none.
    virtual void pull(GpuId gpu, const Levers& levers) {
        static_cast<void>(gpu);
        static_cast<void>(levers);
    }

    // All queues as the driver knows them; nothing when this rung can not ask it.
    virtual Result<std::optional<std::vector<kfd::QueueSnapshotEntry>>> snapshot() {
        return std::nullopt;
    }
};

}  // namespace penstock::gate
