// SPDX-License-Identifier: Apache-2.0

#include "client/cooperation/cooperation.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "base/packet_socket.h"
#include "client/cooperation/obey.h"

namespace penstock::client {
namespace {

// Then the caller's other descriptors have a turn.
constexpr int most_packets_at_once = 64;
constexpr Duration undo_again_after = std::chrono::milliseconds(10);

// A peer that does not read is as good as gone: there is never more than it asked for.
Result<> send(const Fd& socket, std::span<const std::byte> packet) {
    while (::send(socket.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        if (errno != EINTR) {
            return fail(errno, "send");
        }
    }
    return {};
}

// An empty packet stands for none.
Result<std::span<const std::byte>> receive(const Fd& socket, std::span<std::byte> buffer) {
    ssize_t length = -1;
    while ((length = ::recv(socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) < 0) {
        if (errno == EAGAIN) {
            return std::span<const std::byte>();
        }
        // The kernel's word for an end that was closed before it had read all of our answers.
        if (errno == ECONNRESET) {
            break;
        }
        if (errno != EINTR) {
            return fail(errno, "receive");
        }
    }
    if (length <= 0) {
        return fail("the other end has hung up");
    }
    return buffer.first(static_cast<std::size_t>(length));
}

}  // namespace

Cooperation::~Cooperation() {
    if (standing_) {
        // Nobody is left to try again for; the driver forgets all with the process.
        [[maybe_unused]] const Result<> ignored = keeper_.undo();
    }
}

std::optional<TimePoint> Cooperation::deadline() const {
    return welcomed_ ? std::nullopt : std::optional(due_);
}

void Cooperation::serve(TimePoint now) {
    if (!socket_) {
        if (now >= due_) {
            connect(now);
        }
        return;
    }
    for (int taken = 0; taken < most_packets_at_once; ++taken) {
        const Result<bool> more = take_packet(now);
        if (!more) {
            hang_up(now, more.error().message());
            return;
        }
        if (!*more) {
            break;
        }
    }
    if (!welcomed_ && now >= due_) {
        hang_up(now, "nobody answered our hello");
    }
}

void Cooperation::connect(TimePoint now) {
    undo(now);
    if (standing_) {
        return;
    }
    Result<Fd> socket = connect_packet_socket(settings_.socket);
    if (!socket) {
        hang_up(now, socket.error().message());
        return;
    }
    socket_ = std::move(*socket);
    const Hello hello = hello_of(settings_.library, settings_.abilities);
    if (const Result<> sent = send(socket_, bytes_of(hello)); !sent) {
        hang_up(now, sent.error().message());
        return;
    }
    due_ = now + patience;
}

Result<bool> Cooperation::take_packet(TimePoint now) {
    std::array<std::byte, packet_buffer> buffer{};
    const auto packet = receive(socket_, buffer);
    if (!packet) {
        return std::unexpected(packet.error());
    }
    if (packet->empty()) {
        return false;
    }
    if (Result<> heard = welcomed_ ? hear_order(*packet) : hear_answer(*packet, now); !heard) {
        return std::unexpected(heard.error());
    }
    return true;
}

Result<> Cooperation::hear_answer(std::span<const std::byte> packet, TimePoint now) {
    const Result<Answer> answer = read_answer(packet);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    if (const auto* refused = std::get_if<Refused>(&*answer)) {
        pause_ = longest_pause;  // Whoever refuses does not change their mind within a moment.
        return fail("refused: " + reason_of(*refused));
    }
    welcomed_ = now;
    trouble_.clear();
    return {};
}

Result<> Cooperation::hear_order(std::span<const std::byte> packet) {
    const Result<Order> order = read_order(packet);
    if (!order) {
        return std::unexpected(order.error());
    }
    standing_ = true;
    return send(socket_, bytes_of(obey(*order, settings_.abilities, keeper_)));
}

void Cooperation::hang_up(TimePoint now, std::string why) {
    socket_.reset();
    trouble_ = std::move(why);
    if (welcomed_ && now - *welcomed_ >= longest_pause) {
        pause_ = shortest_pause;
    }
    welcomed_.reset();
    due_ = now + pause_;
    pause_ = std::min(2 * pause_, longest_pause);
    undo(now);
}

void Cooperation::undo(TimePoint now) {
    if (!standing_) {
        return;
    }
    const Result<> undone = keeper_.undo();
    standing_ = !undone;
    if (!undone) {
        trouble_ = "undo what was ordered: " + undone.error().message();
        due_ = now + undo_again_after;
    }
}

}  // namespace penstock::client
