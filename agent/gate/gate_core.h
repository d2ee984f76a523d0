// SPDX-License-Identifier: Apache-2.0
//
// GateCore: everything the gate decides, driven by events. It waits for nothing and reads no
// descriptor of the loop's: each call brings what happened and when.

#pragma once

#include <array>

#include "agent/gate/desk.h"
#include "policies/order_parts.h"

namespace penstock::gate {

inline constexpr std::size_t most_devices = 64;

class GateCore {
  public:
    explicit GateCore(Ports ports) : ports_(std::move(ports)), roster_(ports_) {}

    // Its parts refer to each other.
    GateCore(const GateCore&) = delete;
    GateCore& operator=(const GateCore&) = delete;
    ~GateCore() = default;

    // Before anything else. `moves` may be null, and otherwise outlives this object.
    void begin(PointerMoves* moves, const wire::Hello& hello);

    // BPF has moves for us; `woken` is when the loop learnt it.
    void take_moves(TimePoint woken);

    // A message other than Hello, with the descriptors that came along.
    void receive(const wire::ToGate& message, std::vector<Fd> attached, TimePoint now);

    // A descriptor that was passed to Wakeups::watch() is readable.
    void attend(int fd, TimePoint now);

    // A traced process has stopped or ended.
    void attend_traced(TimePoint now);

    // next_deadline() has come.
    void run_due(TimePoint now);

    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

    // Resumes everybody and returns how many queues that reached. No order stands afterwards.
    std::uint32_t resume_all();

    // Resumes everybody and lets everybody go.
    void leave();

  private:
    // Messages, in gate_messages.cpp.
    void take(const wire::Adopt& request, std::vector<Fd> attached, TimePoint now);
    void take(const wire::AddQueue& request, TimePoint now);
    void take(const wire::Cooperate& offer, std::vector<Fd> attached, TimePoint now);
    void take(const wire::RemoveQueue& request);
    void take(const wire::Release& request);
    void take(const wire::Order& request, TimePoint now);
    void take(const wire::TakeSamples& request, TimePoint now);

    // Null when there are too many devices: what lies there is neither watched nor suspended.
    Desk* desk_for(GpuId gpu);
    void hear_move(const PointerMove& move, TimePoint woken);
    void hear_rung(Session& session, TimePoint now);
    void queues_appeared(Session& session, TimePoint now);
    void catch_up(Session& session, TimePoint now);
    void act_where_touched(TimePoint now);
    void act_everywhere(TimePoint now);
    void act(Desk& desk, TimePoint now);
    void consult(TimePoint now);
    void act_alone(Desk& desk, TimePoint now);
    std::uint32_t resume_wholly(Session& session);  // On every device; how many queues it reached.
    void close(OwnerId owner);
    void say(std::uint8_t severity, std::string line);

    Ports ports_;
    Roster roster_;
    PointerMoves* moves_ = nullptr;
    Duration patrol_period_{std::chrono::milliseconds(1)};
    wire::OrderAssembly parts_;
    std::uint32_t samples_taken_ = 0;
    std::vector<Desk> desks_;  // At most `most_devices`.
    std::array<PointerMove, 64> taken_{};
};

}  // namespace penstock::gate
