// SPDX-License-Identifier: Apache-2.0
//
// Desk: carries out the standing order of one device on the owners in the gate's care.
//
// This is the fast path. A move of a pointer goes to the executor, what the executor wants goes
// into ioctl(2) at once, and only then is anything else done: reports, arming, looking.

#pragma once

#include "agent/gate/look.h"
#include "agent/gate/pointer_moves.h"
#include "agent/gate/roster.h"
#include "policies/order_executor.h"

namespace penstock::gate {

// Whatever an order says, nobody stays suspended for longer than this.
inline constexpr Duration longest_suspension_ever{std::chrono::seconds(10)};
inline constexpr Duration longest_hold_ever{std::chrono::seconds(120)};

// How often an owner is looked at for which somebody is suspended: the CPU does not cause draining,
// so nothing else would tell.
inline constexpr Duration sampling_period{std::chrono::milliseconds(1)};

class Desk {
  public:
    struct Trigger {
        OwnerId cause{};
        std::uint64_t written = 0;
        TimePoint seen{};
        TimePoint woken{};
    };

    // An owner whose queues the driver no longer lets us suspend or resume.
    struct Loss {
        OwnerId owner{};
        int error = 0;
    };

    Desk(GpuId gpu, const Ports& ports, Roster& roster)
        : gpu_(gpu), ports_(ports), roster_(roster) {}

    [[nodiscard]] GpuId gpu() const { return gpu_; }

    // Null when there is no ring: every queue is then looked at.
    void use_moves(PointerMoves* moves, Duration patrol_period);

    void follow(const DeviceOrder& order, TimePoint now);
    void moved(const Trigger& trigger);

    // Does what is due now. Owners lost on the way are in losses().
    void act(TimePoint now);

    // Suspends what a suspended owner has created since, and what a change of its rung has resumed.
    void catch_up(Session& session, TimePoint now);

    // Something moved that act() has not seen yet.
    [[nodiscard]] bool touched() const { return touched_; }

    // Looks at the queues whose turn it is.
    void look_around(TimePoint now);

    enum class Trust : std::uint8_t { nobody, resting };

    // Looks at every queue of the owner, and draws the same conclusions. With trust, a queue that
    // was empty and whose next move BPF will report is taken to be as it was.
    void look_at_owner(Session& session,
                       TimePoint now,
                       Trust trust,
                       std::vector<wire::SampledQueue>* seen);

    // For neighbours.h.
    [[nodiscard]] OrderExecutor& executor() { return executor_; }

    void gone(OwnerId owner) { executor_.gone(owner); }

    void gone(const QueueKey& queue) { executor_.gone(queue.owner, queue.number); }

    // Whether the queue is suspended by itself: its packets are no work while it can not run.
    [[nodiscard]] bool holds(const CaredQueue& queue) const {
        return executor_.holds(queue.at.key.owner, queue.at.key.number);
    }

    // No order stands any more, and nothing is remembered.
    void forget() { executor_ = OrderExecutor(); }

    [[nodiscard]] std::vector<Loss> take_losses() { return std::exchange(losses_, {}); }

    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  private:
    // What a look at all queues of one owner amounts to.
    struct Glance {
        bool work = false;
        bool moved = false;
        std::uint64_t written = 0;
    };

    [[nodiscard]] DeviceOrder within_limits(DeviceOrder order, TimePoint now) const;
    void carry_out(const Action& action, TimePoint now);
    void repeat(Session& session, const Action& action, TimePoint now);
    Call perform(Session& session, const Action& action);
    Call suspend(Session& session);
    Call hold(Session& session, std::uint32_t queue);
    void note_failure(const Action& action, int error, TimePoint now);
    void lose(OwnerId owner, int error);

    // Watching, in desk_watch.cpp.
    bool attend_idle_owners(TimePoint now);
    bool attend(Session& session, TimePoint now);
    bool has_unseen_work(CaredQueue& queue, Session& session);
    static void take_into(Glance& glance, const Look& look);
    void conclude(OwnerId owner, const Glance& glance, TimePoint now);
    [[nodiscard]] Look look(CaredQueue& queue, Session& session, Trust trust) const;
    [[nodiscard]] bool watched(const CaredQueue& queue) const;
    [[nodiscard]] bool wants_patrol(const CaredQueue& queue) const;

    GpuId gpu_;
    const Ports& ports_;
    Roster& roster_;
    PointerMoves* moves_ = nullptr;
    Duration patrol_period_{std::chrono::milliseconds(1)};

    OrderExecutor executor_;
    std::optional<Trigger> trigger_;  // Of what act() does next.
    std::vector<Action> due_;         // Copied, because the executor's view does not last.
    std::vector<Loss> losses_;

    bool touched_ = false;
    bool needs_sampling_ = false;  // As of the last act().
    bool needs_patrol_ = false;
    TimePoint last_look_{};
};

}  // namespace penstock::gate
