// SPDX-License-Identifier: Apache-2.0
//
// GateLoop: waits, and tells the core what happened; pointer moves before everything else.

#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "agent/gate/agent_link.h"
#include "agent/gate/conversation.h"
#include "agent/gate/poller.h"
#include "agent/gate/real_time.h"

namespace penstock::gate {

class GateLoop {
  public:
    struct Parts {
        Poller& poller;
        AgentLink& link;
        Conversation& conversation;
        GateCore& core;
        int signals;  // A signalfd of SIGCHLD, SIGXCPU and the signals that end us.
        RealTime& real_time;
        TimePoint (*clock)();
        // Called at the start, and again at the moment it returns; may be empty.
        std::function<std::optional<TimePoint>()> chore{};
    };

    explicit GateLoop(Parts parts) : parts_(std::move(parts)) {}

    // Until the agent hangs up or a signal ends us. Everybody is resumed and let go then.
    void run();

  private:
    void flush_when_due();
    void do_chore_when_due();
    void step_up_when_due();
    void serve(int fd, TimePoint now);
    void hear_agent(TimePoint now);
    void take_signals(TimePoint now);
    void rest(TimePoint now);

    Parts parts_;
    std::optional<TimePoint> chore_due_{};
    bool leaving_ = false;
};

}  // namespace penstock::gate
