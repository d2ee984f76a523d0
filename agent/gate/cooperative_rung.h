// SPDX-License-Identifier: Apache-2.0
//
// Cooperative rung: orders over a socket to a library in the process, which suspends its own queues
// with their waves saved (cooperative-save) or, where it is not able to, holds back their launches
// (launch-limit).
//
// Orders are sent and not waited for: suspend() and resume() take the client's word in advance. An
// answer that is late, wrong or missing loses the rung; a lever that fails is not pulled again.
// When the socket closes, the client undoes everything by itself; so it does when the gate dies.

#pragma once

#include <map>
#include <memory>

#include "agent/gate/ladder.h"
#include "agent/gate/unanswered.h"
#include "base/fd.h"
#include "client/protocol/messages.h"

namespace penstock::gate {

class CooperativeRung final : public Rung {
  public:
    struct Terms {
        std::uint32_t abilities = 0;  // Bits of client::Ability.
        KeptWord::Look look{};        // Without it, the client is believed.
        std::uint32_t answer_within_ms = client::answer_within_ms;
        // Packets per queue, where launches are all that can be held: so much still runs after a
        // suspension. Fewer would leave the device idle between them (XSched: < 1 % at 10).
        std::uint32_t most_in_flight = 8;
    };

    // For the ladder, at its two levels. They take the climber's cooperation when it suffices.
    static Result<std::unique_ptr<Rung>> make_saving(const Ports& ports, Climber& climber);
    static Result<std::unique_ptr<Rung>> make_limiting(const Ports& ports, Climber& climber);

    // The client must be able to save or to limit launches.
    static Result<std::unique_ptr<CooperativeRung>> make(const Ports& ports,
                                                         const Target& target,
                                                         Fd socket,
                                                         const Terms& terms);

    ~CooperativeRung() override;
    CooperativeRung(const CooperativeRung&) = delete;
    CooperativeRung& operator=(const CooperativeRung&) = delete;

    [[nodiscard]] PreemptionLevel level() const override;

    [[nodiscard]] bool takes(QueueType type) const override {
        return type == QueueType::compute_aql || type == QueueType::compute_pm4;
    }

    [[nodiscard]] int events() const override { return socket_.get(); }

    News take_news() override;

    [[nodiscard]] std::optional<TimePoint> deadline() const override;

    // One order for all queues on the device, whichever are named: new ones are included too.
    Result<kfd::Reach> suspend(GpuId gpu, std::span<std::uint32_t> queues) override;
    Result<kfd::Reach> resume(GpuId gpu, std::span<std::uint32_t> queues) override;

    // Orders only what has changed, and what the client is able to.
    void pull(GpuId gpu, const Levers& levers) override;

  private:
    // What the client was told about one device.
    struct Told {
        bool suspended = false;
        bool limited = false;
        Levers levers{};
    };

    CooperativeRung(const Ports& ports, Fd socket, const Terms& terms);

    Result<> order(client::Verb verb, GpuId gpu, std::uint32_t value = 0, std::uint32_t count = 0);
    bool take_answer();  // False when none waits, or the trouble is known.
    void judge(std::span<const std::byte> packet);
    void check_word();
    void lose(std::string why);

    const Ports& ports_;
    Fd socket_;
    Terms terms_;
    Unanswered unanswered_{};
    std::uint32_t last_serial_ = 0;
    std::map<GpuId, Told> told_{};
    KeptWord word_;
    std::string lost_{};  // Why it holds no more; "" while it does.
};

}  // namespace penstock::gate
