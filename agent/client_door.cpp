// SPDX-License-Identifier: Apache-2.0

#include "agent/client_door.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/journal.h"
#include "base/pidfd.h"
#include "client/protocol/records.h"

namespace penstock {
namespace {

// What an event is about: a ticket, and which of its caller's two descriptors. No caller has
// ticket 0.
constexpr std::uint64_t socket_key = 0;

constexpr std::uint64_t connection_key(std::uint32_t ticket) {
    return std::uint64_t{ticket} << 1;
}

constexpr std::uint64_t death_key(std::uint32_t ticket) {
    return connection_key(ticket) | 1;
}

// Best effort: who does not read the reason is shut out all the same.
void refuse(const Fd& connection, int error, const std::string& reason) {
    const client::Refused refused = client::refusal(error, reason);
    static_cast<void>(
        ::send(connection.get(), &refused, sizeof(refused), MSG_DONTWAIT | MSG_NOSIGNAL));
}

}  // namespace

Result<ClientDoor> ClientDoor::open(const std::string& path, Callback on_greeted) {
    Result<ClientSocket> socket = ClientSocket::open(path);
    if (!socket) {
        return std::unexpected(std::move(socket).error());
    }
    Result<ClientDoor> door = without_socket(&peer_of, std::move(on_greeted));
    if (door) {
        door->socket_.emplace(std::move(*socket));
        door->reopen(TimePoint{});
    }
    return door;
}

Result<ClientDoor> ClientDoor::without_socket(Identify identify, Callback on_greeted) {
    Result<Fd> epoll = owned(::epoll_create1(EPOLL_CLOEXEC), "make an epoll");
    if (!epoll) {
        return std::unexpected(std::move(epoll).error());
    }
    return ClientDoor(std::move(*epoll), std::nullopt, std::move(identify), std::move(on_greeted));
}

bool ClientDoor::watch(int fd, std::uint64_t key) {
    epoll_event wanted{.events = EPOLLIN, .data = {.u64 = key}};
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &wanted) == 0;
}

void ClientDoor::serve(TimePoint now) {
    std::array<epoll_event, 64> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
    bool someone_calls = false;
    for (int i = 0; i < count; ++i) {
        const std::uint64_t key = events.at(static_cast<std::size_t>(i)).data.u64;
        const auto caller = callers_.find(static_cast<std::uint32_t>(key >> 1));
        if (key == socket_key) {
            someone_calls = true;
        } else if (caller != callers_.end() && key == death_key(caller->first)) {
            forget(caller);
        } else if (caller != callers_.end()) {
            hear(caller);
        }
    }
    drop_the_late(now);
    reopen(now);
    // Last, so that whoever has hung up may call again.
    if (someone_calls) {
        accept_callers(now);
    }
}

void ClientDoor::reopen(TimePoint now) {
    if (now - window_start_ >= window) {
        window_start_ = now;
        callers_in_window_ = 0;
    }
    if (socket_ && !open_ && callers_in_window_ < most_callers_per_window) {
        open_ = watch(socket_->fd(), socket_key);
    }
}

void ClientDoor::close_for_a_while() {
    if (!socket_) {
        return;
    }
    callers_in_window_ = most_callers_per_window;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket_->fd(), nullptr);
    open_ = false;
}

void ClientDoor::accept_callers(TimePoint now) {
    while (socket_ && callers_in_window_ < most_callers_per_window) {
        Result<Fd> connection = socket_->accept();
        if (!connection) {
            // Out of descriptors, most likely. Trying again at once would only burn time.
            journal(Severity::warning, connection.error().message());
            break;
        }
        if (!*connection) {
            return;
        }
        ++callers_in_window_;
        admit(std::move(*connection), now);
    }
    close_for_a_while();
}

std::string ClientDoor::too_many(const Peer& peer) const {
    if (callers_.size() >= most_waiting) {
        return std::to_string(most_waiting) + " processes wait already, which is the limit";
    }
    const auto of_the_user = std::ranges::count_if(
        callers_, [&](const auto& each) { return each.second.peer.uid == peer.uid; });
    if (static_cast<std::size_t>(of_the_user) >= most_waiting_of_a_user) {
        return std::to_string(most_waiting_of_a_user) + " processes of user " +
               std::to_string(peer.uid) + " wait already, which is the limit";
    }
    const bool again = std::ranges::any_of(
        callers_, [&](const auto& each) { return each.second.peer.pid == peer.pid; });
    return again ? "process " + std::to_string(peer.pid) + " has a connection already" : "";
}

void ClientDoor::admit(Fd connection, TimePoint now) {
    Result<Peer> peer = identify_(connection);
    if (!peer) {
        refuse(connection, EACCES, peer.error().message());
        return;
    }
    if (const std::string reason = too_many(*peer); !reason.empty()) {
        refuse(connection, EUSERS, reason);
        return;
    }
    const std::uint32_t ticket = ++last_ticket_ != 0 ? last_ticket_ : ++last_ticket_;
    if (!watch(connection.get(), connection_key(ticket)) ||
        !watch(peer->pidfd.get(), death_key(ticket))) {
        refuse(connection, errno, "the agent can not watch another connection");
        return;
    }
    callers_.try_emplace(
        ticket, std::move(*peer), std::move(connection), now + patience, false, 0, "");
}

void ClientDoor::hear(Callers::iterator caller) {
    std::array<std::byte, client::packet_buffer> buffer{};
    const Fd& connection = caller->second.connection;
    const ssize_t length = ::recv(connection.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (length <= 0) {
        forget(caller);
        return;
    }
    const auto packet = std::span<const std::byte>(buffer).first(static_cast<std::size_t>(length));
    if (const Result<> greeted = greet(caller->second, packet); !greeted) {
        refuse(connection,
               greeted.error().code != 0 ? greeted.error().code : EPROTO,
               greeted.error().message());
        forget(caller);
        return;
    }
    on_greeted_(caller->second.peer.pid);
}

Result<> ClientDoor::greet(Caller& caller, std::span<const std::byte> packet) {
    if (caller.greeted) {
        return fail("after its hello a client only answers orders");
    }
    const Result<client::Hello> hello = client::read_hello(packet);
    if (!hello) {
        return std::unexpected(hello.error());
    }
    const Result<std::uint16_t> version = client::common_version(*hello);
    if (!version) {
        return std::unexpected(version.error());
    }
    const client::Welcome welcome{.version = *version};
    if (::send(caller.connection.get(), &welcome, sizeof(welcome), MSG_DONTWAIT | MSG_NOSIGNAL) <
        0) {
        return fail(errno, "welcome a client");
    }
    caller.greeted = true;
    caller.abilities = hello->abilities;
    caller.library = client::library_of(*hello);
    return {};
}

void ClientDoor::drop_the_late(TimePoint now) {
    for (auto caller = callers_.begin(); caller != callers_.end();) {
        if (!caller->second.greeted && now >= caller->second.due) {
            refuse(caller->second.connection, ETIMEDOUT, "no hello within 5 s");
            caller = forget(caller);
        } else {
            ++caller;
        }
    }
}

ClientDoor::Callers::iterator ClientDoor::forget(Callers::iterator caller) {
    return callers_.erase(caller);  // An epoll lets go of a descriptor whose last copy is closed.
}

std::optional<ClientDoor::Greeted> ClientDoor::take(std::uint32_t pid) {
    const auto found = std::ranges::find_if(callers_, [&](const auto& each) {
        return each.second.greeted && each.second.peer.pid == pid;
    });
    if (found == callers_.end() || !is_alive(found->second.peer.pidfd)) {
        return std::nullopt;
    }
    Caller& caller = found->second;
    // Both live on, with the taker: the epoll would go on looking at them.
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, caller.connection.get(), nullptr);
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, caller.peer.pidfd.get(), nullptr);
    Greeted greeted{.pid = pid,
                    .pidfd = std::move(caller.peer.pidfd),
                    .abilities = caller.abilities,
                    .library = std::move(caller.library),
                    .connection = std::move(caller.connection)};
    callers_.erase(found);
    return greeted;
}

}  // namespace penstock
