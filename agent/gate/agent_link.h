// SPDX-License-Identifier: Apache-2.0
//
// AgentLink: the gate's end of the socket to the agent.
//
// Reports are only noted when they are made and sent by flush(), so that they never delay an
// action. A socket that is full makes them wait; past `most_waiting` the newest are lost and
// counted.

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "agent/gate/ports.h"
#include "base/fd.h"

namespace penstock::gate {

class AgentLink final : public Outbox {
  public:
    static constexpr std::size_t most_waiting = 4096;

    struct Packet {
        std::span<const std::byte> bytes{};  // Valid until the next receive().
        std::vector<Fd> attached{};
    };

    explicit AgentLink(Fd socket);

    [[nodiscard]] int fd() const { return socket_.get(); }

    // Nothing when no message waits; an error when the agent has hung up.
    Result<std::optional<Packet>> receive();

    void report(const wire::FromGate& message) override;

    // Sends what the socket takes.
    void flush();

    // When flush() is wanted; nothing while there is nothing to send. A suspend waits for the
    // resume that follows within milliseconds, because each message wakes the agent.
    [[nodiscard]] std::optional<TimePoint> flush_due() const { return due_; }

    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  private:
    [[nodiscard]] bool send(const wire::FromGate& message);

    Fd socket_;
    std::vector<std::byte> buffer_;
    std::vector<wire::FromGate> waiting_;
    std::optional<TimePoint> due_{};
    std::uint64_t lost_ = 0;
};

}  // namespace penstock::gate
