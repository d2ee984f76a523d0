// SPDX-License-Identifier: Apache-2.0
//
// WireEnd: a test's end of a client connection, and what it says and hears there.

#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <optional>
#include <vector>

#include "base/fd.h"
#include "client/protocol/records.h"

namespace penstock {

struct SocketPair {
    SocketPair() {
        std::array<int, 2> ends{-1, -1};
        EXPECT_EQ(
            ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()),
            0);
        ours = Fd(ends[0]);
        theirs = Fd(ends[1]);
    }

    Fd ours{};
    Fd theirs{};
};

class WireEnd {
  public:
    WireEnd() = default;

    explicit WireEnd(Fd socket) : socket_(std::move(socket)) {}

    [[nodiscard]] int fd() const { return socket_.get(); }

    void close() { socket_.reset(); }

    template <typename Record>
    void say(const Record& record) const {
        EXPECT_EQ(::send(socket_.get(), &record, sizeof(record), MSG_NOSIGNAL),
                  static_cast<ssize_t>(sizeof(record)));
    }

    // Empty when nothing waits or the other end has hung up.
    [[nodiscard]] std::vector<std::byte> hear() const {
        std::vector<std::byte> packet(client::packet_buffer);
        const ssize_t length = ::recv(socket_.get(), packet.data(), packet.size(), MSG_DONTWAIT);
        packet.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
        return packet;
    }

    [[nodiscard]] std::optional<client::Order> hear_order() const {
        const auto order = client::read_order(hear());
        return order ? std::optional(*order) : std::nullopt;
    }

    // The reason of a refusal, or "" when there was none.
    [[nodiscard]] std::string hear_refusal() const {
        const auto answer = client::read_answer(hear());
        const auto* refused = answer ? std::get_if<client::Refused>(&*answer) : nullptr;
        return refused != nullptr ? client::reason_of(*refused) : "";
    }

    [[nodiscard]] bool hung_up() const {
        char byte = 0;
        return ::recv(socket_.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
    }

  private:
    Fd socket_{};
};

}  // namespace penstock
