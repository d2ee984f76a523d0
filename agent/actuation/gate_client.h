// SPDX-License-Identifier: Apache-2.0
//
// GateClient: the agent's side of the conversation with penstock-gate.
//
// It sends what differs from the standing orders, keeps what the gate reports until the next tick
// takes it, starts a gate that died again, and ends one that does not answer. While there is no
// gate, nobody is suspended: the kernel resumes what a dead gate held.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/actuation/gate_process.h"
#include "agent/loop/ports.h"
#include "policies/gate_wire.h"

namespace penstock {

class GateClient final : public Actuator {
  public:
    struct Settings {
        std::string program{};
        std::vector<std::string> arguments{};
        std::string socket{};  // Where the service manager starts a gate; empty: we start it.
        Duration answer_within{std::chrono::seconds(1)};  // Then the gate counts as hung.
        // Spent on waiting for room while a new gate is greeted.
        Duration patience{std::chrono::milliseconds(500)};
        // The same while the rest of a long order waits: the tick waits with it.
        Duration patience_for_parts{std::chrono::milliseconds(50)};
        Duration ping_period{std::chrono::milliseconds(250)};
        Duration first_restart_pause{std::chrono::milliseconds(50)};
        Duration longest_restart_pause{std::chrono::seconds(5)};
    };

    // What the gate shares with BPF; descriptors stay the caller's. Without a ring it samples.
    struct PointerSource {
        int ring_fd = -1;
        int slots_fd = -1;
        std::uint64_t ring_bytes = 0;
        std::uint32_t slot_count = 0;
        std::uint64_t sampling_period_ns = 1'000'000;
    };

    // `greet` is called with every new gate, to tell it of the owners and queues there are.
    GateClient(Settings settings, std::function<void()> greet);

    // For the next gate that is started.
    void use(PointerSource source) { source_ = source; }

    Result<> start(TimePoint now);

    // The descriptor to poll; -1 while there is no gate.
    [[nodiscard]] int fd() const;

    [[nodiscard]] bool running() const { return gate_.has_value(); }

    [[nodiscard]] pid_t pid() const { return gate_ ? gate_->pid() : 0; }

    // Sends one message, with up to two descriptors. Fails with EAGAIN when the gate does not read,
    // and otherwise when it is lost.
    Result<> send(const wire::ToGate& message, std::vector<int> descriptors = {});

    Outcome apply(const Decision& decision) override;

    // Reads what has arrived. False when the gate is gone; call start() at restart_at().
    bool receive(TimePoint now);

    [[nodiscard]] std::vector<wire::FromGate> take_news();

    // Sends ResumeAll and waits for its answer.
    Result<std::uint32_t> resume_all(TimePoint now);

    // Pings when due and ends a gate that has not answered in time.
    void look_after(TimePoint now);

    [[nodiscard]] TimePoint restart_at() const { return restart_at_; }

  private:
    Result<bool> send_if_new(const DeviceOrder& order);
    void lose_gate(TimePoint now);
    void end_hung_gate(TimePoint now);
    void wait_for_room(int socket);
    void ping(TimePoint now);
    Result<> hello();
    [[nodiscard]] bool note_answer(const wire::FromGate& message);

    Settings settings_;
    PointerSource source_{};
    std::function<void()> greet_;
    std::vector<std::byte> buffer_;  // One message; kept, because one arrives per preemption.
    std::optional<GateProcess> gate_{};
    std::map<GpuId, DeviceOrder> standing_{};
    std::vector<wire::FromGate> news_{};
    std::uint64_t serial_ = 0;
    std::optional<wire::AllResumed> all_resumed_{};
    std::optional<TimePoint> unanswered_since_{};
    bool pinged_ = false;  // Since then.
    TimePoint last_ping_{};
    TimePoint started_at_{};
    TimePoint restart_at_{};
    Duration restart_pause_;
    Duration patience_{};
};

}  // namespace penstock
