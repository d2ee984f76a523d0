// SPDX-License-Identifier: Apache-2.0

#include "agent/client_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/packet_socket.h"

namespace penstock {
namespace {

constexpr mode_t everybody = 0666;

// Removes what a dead agent has left behind.
Result<> clear(const std::string& path, const sockaddr_un& address) {
    struct stat file{};
    if (::lstat(path.c_str(), &file) != 0) {
        return errno == ENOENT ? Result<>() : fail(errno, "look at " + path);
    }
    if (!S_ISSOCK(file.st_mode)) {
        return fail(path + " is there and is no socket");
    }
    const Result<Fd> probe = make_packet_socket();
    if (!probe) {
        return std::unexpected(probe.error());
    }
    // Whoever serves it takes us or, with a full backlog, makes us wait.
    if (::connect(probe->get(), generic(address), sizeof(address)) == 0 || errno != ECONNREFUSED) {
        return fail(EADDRINUSE, "listen on " + path);
    }
    if (::unlink(path.c_str()) != 0) {
        return fail(errno, "remove the stale " + path);
    }
    return {};
}

}  // namespace

Result<ClientSocket> ClientSocket::open(const std::string& path) {
    const Result<sockaddr_un> address = socket_address(path);
    if (!address) {
        return std::unexpected(address.error());
    }
    if (Result<> cleared = clear(path, *address); !cleared) {
        return std::unexpected(std::move(cleared).error());
    }
    Result<Fd> listener = make_packet_socket();
    if (!listener) {
        return std::unexpected(std::move(listener).error());
    }
    if (::bind(listener->get(), generic(*address), sizeof(*address)) != 0) {
        return fail(errno, "make " + path);
    }
    struct stat file{};
    // Nobody connects before listen(2): no one meets it with another mode.
    if (::chmod(path.c_str(), everybody) != 0 || ::lstat(path.c_str(), &file) != 0 ||
        ::listen(listener->get(), backlog) != 0) {
        return fail(errno, "listen on " + path);
    }
    return ClientSocket(std::move(*listener), path, file);
}

ClientSocket::~ClientSocket() {
    struct stat now{};
    if (listener_ && ::lstat(path_.c_str(), &now) == 0 && now.st_ino == file_.st_ino &&
        now.st_dev == file_.st_dev) {
        ::unlink(path_.c_str());
    }
}

Result<Fd> ClientSocket::accept() const {
    int connection = -1;
    do {
        connection = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        // A caller that has left again is none.
    } while (connection < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (connection < 0 && errno == EAGAIN) {
        return Fd();
    }
    return owned(connection, "accept a client");
}

}  // namespace penstock
