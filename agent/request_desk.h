// SPDX-License-Identifier: Apache-2.0
//
// RequestDesk: carries out what clients ask for, at once: when a request is answered, the snapshot
// shows it and the new standing orders have been sent.

#pragma once

#include <functional>

#include "agent/actuation/gate_client.h"
#include "agent/loop/control_loop.h"
#include "agent/outcome_trace.h"

namespace penstock {

class RequestDesk final : public Requests {
  public:
    RequestDesk(GateClient& gate, OutcomeTrace& trace) : gate_(gate), trace_(trace) {}

    // What the desk leaves to the agent.
    struct Agent {
        std::function<void()> replan{};  // Runs one tick of the loop.
        std::function<std::optional<std::uint32_t>(std::uint32_t pid)> only_uid{};
        std::function<std::optional<std::uint32_t>(int pidfd)> only_uid_behind{};
        std::function<Result<OwnerId>(int pidfd)> owner_behind{};
        std::function<Result<std::uint32_t>(int pidfd, const TaskWish& task)> register_task{};
        std::function<Result<SelfRegistration>(int pidfd)> register_self{};
        std::function<void()> let_go{};  // Of the processors: nobody is held back there.
        std::function<LagFigures()> tick_lag{};
        std::function<Result<ReloadReport>()> reload{};
        // The loop follows another one.
        std::function<void(std::string_view policy, const PolicySettings& settings)> followed{};
        // A client has chosen them; the next agent is to find them.
        std::function<void(std::uint32_t pid, const Choices& choices)> keep{};
        std::function<Choices(std::uint32_t pid)> ruled_terms{};
        // These are chosen by nobody any more; the next agent is to find none of them.
        std::function<void(std::uint32_t pid, const Choices& choices)> forget{};
    };

    // The bus needs the desk before there is a loop to serve: until then requests are refused.
    void serve(ControlLoop& loop, Agent agent) {
        loop_ = &loop;
        agent_ = std::move(agent);
    }

    Result<> choose(std::uint32_t pid, const Choices& choices) override;
    Choices ruled_terms(std::uint32_t pid) override;
    Result<Choices> reset(std::uint32_t pid) override;
    std::optional<std::uint32_t> only_uid(std::uint32_t pid) override;
    std::optional<std::uint32_t> only_uid_behind(int pidfd) override;
    Result<> preempt(std::uint32_t pid, Duration longest) override;
    Result<> resume(std::uint32_t pid) override;
    Result<> preempt_queue(const NamedQueue& queue, Duration longest) override;
    Result<> resume_queue(const NamedQueue& queue) override;
    Result<> set_policy(std::string_view name, const PolicySettings& settings) override;
    Result<std::vector<Explanation>> explain(OwnerId owner) override;
    Result<> enable_preemption(bool enabled) override;
    Result<> set_dry_run(bool dry) override;
    Result<> aim(std::uint32_t node, double target) override;
    Result<std::uint32_t> resume_all() override;
    Result<OwnerId> owner_behind(int pidfd) override;
    Result<std::uint32_t> register_task(int pidfd, const TaskWish& task) override;
    Result<SelfRegistration> register_self(int pidfd) override;
    LagFigures tick_lag() override;
    Result<ReloadReport> reload() override;

  private:
    [[nodiscard]] Result<MachineState*> state() const;

    // The same, where a hold of that length may begin.
    [[nodiscard]] Result<MachineState*> state_to_hold(Duration longest) const;
    Result<> then_replan(Result<> accepted, std::string_view request, std::uint32_t pid);

    ControlLoop* loop_ = nullptr;
    GateClient& gate_;
    OutcomeTrace& trace_;
    Agent agent_{};
};

}  // namespace penstock
