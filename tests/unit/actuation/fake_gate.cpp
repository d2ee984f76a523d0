// SPDX-License-Identifier: Apache-2.0
//
// A gate for tests: answers what a gate must answer and touches nobody. Its --kfd argument names a
// behaviour: "obedient", "mute" (never answers) or "mortal" (leaves after Hello).

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "policies/gate_wire.h"

using namespace penstock;

namespace {

struct Conversation {
    int socket = -1;
    std::string_view behaviour;
    std::uint32_t orders = 0;

    void say(const wire::FromGate& message) const {
        const auto bytes = wire::encode(message);
        static_cast<void>(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    }

    // False: leave.
    bool answer(const wire::ToGate& message) {
        if (behaviour == "mute") {
            return true;
        }
        if (std::holds_alternative<wire::Hello>(message)) {
            say(wire::Ready{.kfd_major = 1, .kfd_minor = 17});
            return behaviour != "mortal";
        }
        if (std::holds_alternative<wire::Order>(message)) {
            ++orders;
        }
        if (const auto* ping = std::get_if<wire::Ping>(&message)) {
            say(wire::Pong{.serial = ping->serial});
        }
        if (const auto* all = std::get_if<wire::ResumeAll>(&message)) {
            // The number tells the test how many orders arrived.
            say(wire::AllResumed{.serial = all->serial, .queues = orders});
        }
        return true;
    }
};

}  // namespace

int main(int /*count*/, char** arguments) {
    const std::string_view number =
        std::string_view(arguments[1]).substr(std::strlen("--agent-fd="));
    Conversation conversation{.behaviour =
                                  std::string_view(arguments[2]).substr(std::strlen("--kfd="))};
    std::from_chars(number.data(), number.data() + number.size(), conversation.socket);
    for (;;) {
        std::array<std::byte, wire::longest_message> bytes{};
        pollfd readable{.fd = conversation.socket, .events = POLLIN, .revents = 0};
        ::poll(&readable, 1, -1);
        const ssize_t length = ::recv(conversation.socket, bytes.data(), bytes.size(), 0);
        if (length <= 0) {
            return 0;
        }
        const auto message =
            wire::decode_to_gate(std::span(bytes).first(static_cast<std::size_t>(length)));
        if (message && !conversation.answer(*message)) {
            return 0;
        }
    }
}
