// SPDX-License-Identifier: Apache-2.0
//
// Conversation: the order of the talk with the agent: Hello first, of our version, and then
// whatever it likes. What does not decode is said and ignored.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/gate/gate_core.h"

namespace penstock::gate {

// What the gate knows of the device before anybody asks.
struct DeviceFacts {
    std::uint32_t kfd_major = 0;
    std::uint32_t kfd_minor = 0;
    std::string trouble{};  // Why nobody can be suspended, or "".
};

class Conversation {
  public:
    // Makes the ring of the two descriptors that came with Hello.
    using OpenMoves = std::function<Result<std::unique_ptr<PointerMoves>>(
        Fd ring, Fd slots, const wire::Hello& hello)>;

    Conversation(GateCore& core, Ports ports, DeviceFacts facts, OpenMoves open_moves)
        : core_(core),
          ports_(std::move(ports)),
          facts_(std::move(facts)),
          open_moves_(std::move(open_moves)) {}

    void hear(std::span<const std::byte> bytes, std::vector<Fd> attached, TimePoint now);

    // The agent speaks another version: it has been told, and there is nothing left to do.
    [[nodiscard]] bool over() const { return over_; }

    // -1 while there are none.
    [[nodiscard]] int moves_fd() const { return moves_ ? moves_->fd() : -1; }

  private:
    void greet(const wire::Hello& hello, std::vector<Fd> attached);
    void say(std::string line);

    GateCore& core_;
    Ports ports_;
    DeviceFacts facts_;
    OpenMoves open_moves_;
    std::unique_ptr<PointerMoves> moves_;
    bool greeted_ = false;
    bool over_ = false;
};

}  // namespace penstock::gate
