// SPDX-License-Identifier: Apache-2.0
//
// Session: one owner in the gate's care, from Adopt to Release or its death, and the rung it stands
// on.
//
// Also an owner that can not be suspended has one: others may have to yield to it.

#pragma once

#include <memory>
#include <string>

#include "agent/gate/ladder.h"
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

    // None is a level too.
    [[nodiscard]] PreemptionLevel level() const {
        return rung_ ? rung_->level() : PreemptionLevel::none;
    }

    // Why it is this level and no better one.
    [[nodiscard]] const std::string& reason() const { return reason_; }

    // Everything may be tried again; an eviction only when a rule allows it.
    void forgive(bool may_evict);

    // From now on the process obeys orders that are sent to it.
    void cooperate(Cooperation cooperation);

    // Takes the best rung there is; keeps the one it stands on when no better one is in sight.
    // Whoever was suspended runs again after a change. Returns the queues that came to light.
    std::vector<wire::QueueAt> climb();

    // The rung does not hold: resumes everything, and does not try this level again until forgiven.
    void fall(const std::string& why);

    // -1 when there is nothing to listen to.
    [[nodiscard]] int events() const { return rung_ ? rung_->events() : -1; }

    [[nodiscard]] Rung::News take_news() { return rung_ ? rung_->take_news() : Rung::News{}; }

    // When take_news() is due at the latest.
    [[nodiscard]] std::optional<TimePoint> deadline() const {
        return rung_ ? rung_->deadline() : std::nullopt;
    }

    void pull(GpuId gpu, const Levers& levers);

    // Asks the driver which queues there are, and returns the new ones.
    std::vector<wire::QueueAt> refresh();

    // All queues on the device that are not there yet, in one call. Held ones are not resumed.
    Call suspend(GpuId gpu);
    Call resume(GpuId gpu);

    // One queue of the device, until let_go(), which resumes it unless its owner is to stay
    // suspended. What failed to be held has to be let go too.
    Call hold(GpuId gpu, std::uint32_t number);
    Call let_go(GpuId gpu, std::uint32_t number, bool owner_suspended);

    // The queue is said to be gone, but that may be an earlier one of its number: what we have
    // suspended leaves the table only resumed.
    void forget(std::uint32_t number);

    // From now on resume() reaches every queue.
    void forget_holds();

    // The devices on which queues of it are suspended.
    [[nodiscard]] std::vector<GpuId> suspended_on() const;

    // Since when it is suspended on the device, apart from held queues; nothing when it is not.
    [[nodiscard]] std::optional<TimePoint> suspended_since(GpuId gpu) const;

    // Since when the queue is held; nothing when it is not.
    [[nodiscard]] std::optional<TimePoint> held_since(std::uint32_t number) const;

  private:
    [[nodiscard]] bool stands_well() const;
    [[nodiscard]] std::optional<Pointers> look_at_queue(std::uint32_t number);
    void step_down();
    [[nodiscard]] bool can_resume_alone(const CaredQueue& queue) const;
    [[nodiscard]] CaredQueue* queue_on(GpuId gpu, std::uint32_t number);
    Call apply(Verb verb, GpuId gpu);  // To those in numbers_.
    void gather(Verb verb, GpuId gpu);
    [[nodiscard]] bool concerns(Verb verb, const CaredQueue& queue) const;
    void note(Verb verb, TimePoint when);

    const Ports& ports_;
    OwnerId owner_;
    std::uint32_t pid_;
    Fd pidfd_;
    std::unique_ptr<OwnerMemory> memory_;
    QueueTable queues_;
    std::unique_ptr<Rung> rung_;
    std::string reason_;
    std::string falls_;                         // Why it fell, since it was forgiven.
    std::optional<Cooperation> cooperation_{};  // Offered, and not taken by a rung.
    bool offered_anew_ = false;                 // Since it last climbed.
    Barred barred_{};
    bool may_evict_ = false;
    std::vector<std::uint32_t>
        numbers_;  // Of one call; kept, because the fast path must not allocate.
};

}  // namespace penstock::gate
