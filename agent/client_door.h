// SPDX-License-Identifier: Apache-2.0
//
// Client door: where cooperating processes are authenticated and greeted, and wait until somebody
// takes them: a process may connect long before the agent learns of its first queue.
//
// It parses one record of each caller, the Hello. Whoever says anything else, is late, or is one
// too many, is told why and shut out. Whoever is taken leaves no trace here: the connection is then
// the taker's alone.

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "agent/client_socket.h"
#include "agent/peer.h"
#include "base/units.h"

namespace penstock {

class ClientDoor {
  public:
    struct Greeted {
        std::uint32_t pid = 0;
        Fd pidfd{};
        std::uint32_t abilities = 0;  // Bits of client::Ability.
        std::string library{};        // Printable.
        Fd connection{};
    };

    using Identify = std::function<Result<Peer>(const Fd& connection)>;

    // Called from serve(), once a process may be taken.
    using Callback = std::function<void(std::uint32_t pid)>;

    static constexpr std::size_t most_waiting = 256;
    static constexpr std::size_t most_waiting_of_a_user = 64;
    static constexpr Duration patience = std::chrono::seconds(5);  // For the Hello.
    // A flood costs the agent no more than this; the rest waits in the backlog.
    static constexpr std::size_t most_callers_per_window = 64;
    static constexpr Duration window = std::chrono::milliseconds(100);

    // Opens the socket at the path.
    static Result<ClientDoor> open(const std::string& path, Callback on_greeted);

    // Without a socket: callers come by admit() alone.
    static Result<ClientDoor> without_socket(Identify identify, Callback on_greeted);

    // Readable when serve() is due. It is an epoll: duplicates of it keep no connection open.
    [[nodiscard]] int fd() const { return epoll_.get(); }

    // Also due now and then while nothing is readable, for those who say nothing.
    void serve(TimePoint now);

    void admit(Fd connection, TimePoint now);

    // Nothing when no such process waits, greeted and alive.
    [[nodiscard]] std::optional<Greeted> take(std::uint32_t pid);

    [[nodiscard]] std::size_t waiting() const { return callers_.size(); }

  private:
    struct Caller {
        Peer peer{};
        Fd connection{};
        TimePoint due{};  // Of its Hello.
        bool greeted = false;
        std::uint32_t abilities = 0;
        std::string library{};
    };

    using Callers = std::map<std::uint32_t, Caller>;  // By ticket.

    ClientDoor(Fd epoll, std::optional<ClientSocket> socket, Identify identify, Callback greeted)
        : epoll_(std::move(epoll)),
          socket_(std::move(socket)),
          identify_(std::move(identify)),
          on_greeted_(std::move(greeted)) {}

    [[nodiscard]] std::string too_many(const Peer& peer) const;  // "" when there is room.
    void accept_callers(TimePoint now);
    void reopen(TimePoint now);
    void close_for_a_while();
    void hear(Callers::iterator caller);
    Result<> greet(Caller& caller, std::span<const std::byte> packet);
    void drop_the_late(TimePoint now);
    Callers::iterator forget(Callers::iterator caller);
    bool watch(int fd, std::uint64_t key);

    Fd epoll_;
    std::optional<ClientSocket> socket_;
    Identify identify_;
    Callback on_greeted_;
    Callers callers_{};
    std::uint32_t last_ticket_ = 0;
    TimePoint window_start_{};
    std::size_t callers_in_window_ = 0;
    bool open_ = false;  // The socket is among what fd() watches.
};

}  // namespace penstock
