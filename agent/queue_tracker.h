// SPDX-License-Identifier: Apache-2.0
//
// QueueTracker: which queues exist and whose they are.
//
// It joins three sources that may each be late, early or silent: BPF's events, sysfs, and the
// driver's snapshot that the gate takes. An owner appears with its first queue and vanishes with
// its process; what a listener is told is in order and without repeats.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "agent/probes/queues/owner_identity.h"
#include "base/incarnation.h"
#include "policies/gate_wire.h"
#include "policies/snapshot.h"

namespace penstock {

class QueueListener {
  public:
    virtual ~QueueListener() = default;
    virtual void owner_appeared(const Owner& owner, int pidfd) = 0;
    virtual void owner_vanished(OwnerId owner) = 0;

    // Also when more becomes known of a queue that has appeared before.
    virtual void queue_appeared(const wire::QueueAt& queue) = 0;
    virtual void queue_vanished(QueueKey queue) = 0;
};

// The watch slots of BPF; wire::no_slot when a queue can not be watched.
class PointerSlots {
  public:
    virtual ~PointerSlots() = default;
    virtual std::uint32_t watch(OwnerId owner,
                                int pidfd,
                                std::uint32_t pid,
                                std::uint64_t write_address) = 0;
    virtual void unwatch(OwnerId owner, std::uint32_t slot) = 0;
    virtual void unwatch_all(OwnerId owner) = 0;
};

class QueueTracker {
  public:
    // Settles who `pid` is; an error when there is no such process any more.
    using Identify = std::function<Result<OwnerIdentity>(std::uint32_t pid)>;

    // `slots` may be null: nothing is watched then.
    QueueTracker(Identify identify, PointerSlots* slots, QueueListener& listener)
        : identify_(std::move(identify)), slots_(slots), listener_(listener) {}

    // From now on; queues that are known already are watched when they are seen again.
    void watch_with(PointerSlots* slots) { slots_ = slots; }

    // A queue of `pid`; `queue.key.owner` and `queue.slot` are not looked at. Fields that are 0 are
    // unknown and do not overwrite what is known.
    void seen(std::uint32_t pid, wire::QueueAt queue);

    // The gate's snapshot names the owner by id.
    void found(const wire::QueueAt& queue);

    // BPF knows only the number, which is unique in the process.
    void destroyed(std::uint32_t pid, std::uint32_t number);

    // The complete list of a moment: (pid, gpu, number) of every queue there is.
    struct Listed {
        std::uint32_t pid = 0;
        wire::QueueAt queue{};
    };

    void listed(const std::vector<Listed>& all);

    void died(OwnerId owner);

    // Calls the listener again for all there is: a new gate has to learn it.
    void repeat() const;

    [[nodiscard]] std::uint32_t pid_of(OwnerId owner) const;  // 0 when unknown.

    [[nodiscard]] Incarnation incarnation_of(OwnerId owner) const;  // Of nobody when unknown.

    [[nodiscard]] OwnerId owner_with(std::uint32_t pid) const;  // Of 0 when unknown.

    [[nodiscard]] std::string command_of(OwnerId owner) const;  // "" when unknown.

    [[nodiscard]] int pidfd_of(OwnerId owner) const;  // The tracker's own; -1 when unknown.

    [[nodiscard]] bool empty() const { return owners_.empty(); }

    static constexpr std::size_t max_owners = 4096;
    static constexpr std::size_t max_queues_per_owner = 1024;  // KFD's own limit.

  private:
    struct Tracked {
        OwnerIdentity identity{};
        Owner owner{};
        std::map<std::uint32_t, wire::QueueAt> queues{};  // By number.
    };

    Tracked* owner_of(std::uint32_t pid);
    Tracked* adopt(std::uint32_t pid);
    using Listing = std::set<std::pair<std::uint32_t, std::uint32_t>>;  // Of pid and number.
    static std::vector<std::uint32_t> absent(const Tracked& tracked, const Listing& present);
    void note(Tracked& tracked, wire::QueueAt queue);
    void forget(Tracked& tracked, std::uint32_t number);

    Identify identify_;
    PointerSlots* slots_;
    QueueListener& listener_;
    std::map<OwnerId, Tracked> owners_{};
    std::map<std::uint32_t, OwnerId> by_pid_{};
    std::uint64_t last_id_ = 0;
};

}  // namespace penstock
