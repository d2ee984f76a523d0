// SPDX-License-Identifier: Apache-2.0
//
// Session: one owner in the gate's care, from Adopt to Release or its death.
//
// Also an owner that can not be suspended has one: others may have to yield to it.

#pragma once

#include <memory>
#include <string>

#include "agent/gate/attachment.h"
#include "agent/gate/queue_table.h"

namespace penstock::gate {

// One suspend or resume, as it went.
struct Call {
    std::uint32_t reached = 0;  // Queues.
    std::uint32_t unknown = 0;  // Queues the driver does not know, or not yet.
    int error = 0;              // errno; 0 when done.
    TimePoint entered{};
    TimePoint done{};
};

class Session {
  public:
    Session(const Ports& ports, OwnerId owner, std::uint32_t pid, Fd pidfd);

    [[nodiscard]] OwnerId owner() const { return owner_; }

    [[nodiscard]] std::uint32_t pid() const { return pid_; }

    [[nodiscard]] int pidfd() const { return pidfd_.get(); }

    // Null when its memory can not be opened.
    [[nodiscard]] OwnerMemory* memory() { return memory_.get(); }

    QueueTable& queues() { return queues_; }

    [[nodiscard]] bool attached() const { return attachment_ != nullptr; }

    // -1 when not attached.
    [[nodiscard]] int events() const { return attachment_ ? attachment_->events() : -1; }

    // Climbs to the debug-suspend rung; the error says why not. Either way the queues that came to
    // light are in `found`.
    Result<> attach(std::vector<wire::QueueAt>& found);

    // Resumes everything and leaves the rung.
    void detach();

    // True when refresh() is due.
    bool take_events() { return attachment_ && attachment_->take_events(); }

    // Asks the driver which queues there are, and returns the new ones.
    std::vector<wire::QueueAt> refresh();

    // All queues on the device that are not there yet, in one call.
    Call suspend(GpuId gpu) { return apply(Verb::suspend, gpu); }

    Call resume(GpuId gpu) { return apply(Verb::resume, gpu); }

    // The devices on which queues of it are suspended.
    [[nodiscard]] std::vector<GpuId> suspended_on() const;

    // Since when it is suspended on the device; nothing when it is not.
    [[nodiscard]] std::optional<TimePoint> suspended_since(GpuId gpu) const;

  private:
    Call apply(Verb verb, GpuId gpu);
    void gather(Verb verb, GpuId gpu);
    void note(Verb verb, TimePoint when);

    const Ports& ports_;
    OwnerId owner_;
    std::uint32_t pid_;
    Fd pidfd_;
    std::unique_ptr<OwnerMemory> memory_;
    std::unique_ptr<Attachment> attachment_;
    QueueTable queues_;
    std::vector<std::uint32_t>
        numbers_;  // Of one call; kept, because the fast path must not allocate.
};

}  // namespace penstock::gate
