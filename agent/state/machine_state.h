// SPDX-License-Identifier: Apache-2.0
//
// MachineState: folds readings into the next snapshot; the owner of the truth about the machine.

#pragma once

#include "agent/state/cost_book.h"
#include "agent/state/energy_split.h"
#include "agent/state/named_queue.h"
#include "agent/state/progress_book.h"
#include "agent/state/quantity_book.h"
#include "agent/state/readings.h"
#include "agent/state/source_standings.h"
#include "agent/state/throttle_book.h"
#include "base/result.h"
#include "policies/snapshot.h"
#include "policies/terms.h"

namespace penstock {

class MachineState {
  public:
    // The snapshot stays valid until the next call of a non-const member.
    const Snapshot& absorb(const Readings& readings, TimePoint now);

    [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }

    // Requests change the state at once, so that the answer can be read back.
    // All of them or, when one is out of range, none. An exemption ends holds of the process and of
    // its queues, too.
    Result<> choose(std::uint32_t pid, const Choices& choices);

    // What clients have chosen becomes what `ruled` says, as back_to() has it; tells what changed.
    Result<Choices> reset(std::uint32_t pid, const Choices& ruled);

    // Fails when the process could not be suspended anyway: a hold that does nothing is a lie.
    Result<> hold(std::uint32_t pid, TimePoint until);
    Result<> let_go(std::uint32_t pid);

    // A single queue, likewise.
    Result<> hold(const NamedQueue& queue, TimePoint until);
    Result<> let_go(const NamedQueue& queue);

    // Processes and queues.
    void let_all_go();

    // A process has become another program, or moved to another unit.
    void note_origin(OwnerId owner, const ProcessOrigin& origin);

    void enable_preemption(bool enabled) { snapshot_.preemption_enabled = enabled; }

    void set_dry_run(bool dry) { snapshot_.dry_run = dry; }

    // Where the first throttle level of a memory node begins, until the agent ends.
    Result<> aim(std::uint32_t node, double target) {
        return penstock::aim(snapshot_.memory, node, target);
    }

    // The gate is gone, and with it, the kernel has resumed everybody.
    void forget_suspensions(TimePoint now);

  private:
    [[nodiscard]] Result<> check_holds_count() const;
    Result<Owner*> owner_with(std::uint32_t pid);
    Result<Queue*> queue_with(const NamedQueue& name);
    void end_holds_of(Owner& owner);
    [[nodiscard]] Result<> check_room(const Queue& queue) const;
    void absorb_event(const OwnerAppeared& event);
    void absorb_event(const OwnerVanished& event);
    void absorb_event(const QueueAppeared& event);
    void absorb_event(const QueueVanished& event);
    void absorb_news(const wire::Adopted& news);
    void absorb_news(const wire::Acted& news);
    void absorb_hold(const wire::Acted& news);
    void end_holds_of(OwnerId owner, GpuId gpu, TimePoint when);
    void absorb_news(const wire::Sampled& news);

    // The gate's other messages are for the client at its end of the wire.
    void absorb_news(const auto& /*news*/) {}

    void absorb_devices(const std::vector<Device>& devices);
    void absorb_counters(const Readings& readings);
    void absorb_hints(const std::vector<HintReading>& hints);
    void absorb_costs(const std::vector<UnmapReading>& unmaps);
    void end_holds();

    Snapshot snapshot_;
    CostBook costs_;
    QuantityBook measured_;
    SourceStandings sources_;
    EnergySplit energy_;
    ProgressBook progress_;
    ThrottleBook throttles_;
};

}  // namespace penstock
