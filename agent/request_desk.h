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

    // The bus needs the desk before there is a loop to serve: until then requests are refused.
    // `replan` runs one tick of the loop.
    void serve(ControlLoop& loop, std::function<void()> replan) {
        loop_ = &loop;
        replan_ = std::move(replan);
    }

    Result<> set_priority(std::uint32_t pid, std::int32_t priority) override;
    Result<> preempt(std::uint32_t pid, Duration longest) override;
    Result<> resume(std::uint32_t pid) override;
    Result<> preempt_queue(const NamedQueue& queue, Duration longest) override;
    Result<> resume_queue(const NamedQueue& queue) override;
    Result<> set_policy(std::string_view name) override;
    Result<> enable_preemption(bool enabled) override;
    Result<std::uint32_t> resume_all() override;

  private:
    [[nodiscard]] Result<MachineState*> state() const;

    // The same, where a hold of that length may begin.
    [[nodiscard]] Result<MachineState*> state_to_hold(Duration longest) const;
    Result<> then_replan(Result<> accepted, std::string_view request, std::uint32_t pid);

    ControlLoop* loop_ = nullptr;
    GateClient& gate_;
    OutcomeTrace& trace_;
    std::function<void()> replan_;
};

}  // namespace penstock
