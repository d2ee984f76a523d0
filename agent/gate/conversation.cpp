// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/conversation.h"

namespace penstock::gate {

void Conversation::hear(std::span<const std::byte> bytes, std::vector<Fd> attached, TimePoint now) {
    const Result<wire::ToGate> message = wire::decode_to_gate(bytes);
    if (!message) {
        say("a message is ignored: " + message.error().message());
        return;
    }
    const auto* hello = std::get_if<wire::Hello>(&*message);
    if (greeted_) {
        core_.receive(*message, std::move(attached), now);
    } else if (hello != nullptr) {
        greet(*hello, std::move(attached));
    } else {
        say("a message before Hello is ignored");
    }
}

void Conversation::greet(const wire::Hello& hello, std::vector<Fd> attached) {
    wire::Ready ready{
        .kfd_major = facts_.kfd_major, .kfd_minor = facts_.kfd_minor, .trouble = facts_.trouble};
    if (hello.version != wire::version) {
        over_ = true;
        ready.trouble = "the agent speaks version " + std::to_string(hello.version) +
                        " of the gate's protocol, expected " + std::to_string(wire::version);
        ports_.outbox.report(ready);
        return;
    }
    greeted_ = true;
    if (attached.size() == 2) {
        Result<std::unique_ptr<PointerMoves>> moves =
            open_moves_(std::move(attached[0]), std::move(attached[1]), hello);
        if (moves) {
            moves_ = std::move(*moves);
            ports_.wakeups.watch(moves_->fd());
        } else {
            say("every queue is sampled instead of watched: " + moves.error().message());
        }
    }
    core_.begin(moves_.get(), hello);
    ports_.outbox.report(ready);
}

void Conversation::say(std::string line) {
    ports_.outbox.report(wire::Said{.severity = 4, .line = std::move(line)});
}

}  // namespace penstock::gate
