// SPDX-License-Identifier: Apache-2.0
//
// ClientSocket: the socket in the file system that cooperating processes connect to. Everybody may.

#pragma once

#include <sys/stat.h>

#include <string>

#include "base/fd.h"

namespace penstock {

class ClientSocket {
  public:
    // Replaces a socket that nobody serves any more. One that is served, or another file, is an
    // error.
    static Result<ClientSocket> open(const std::string& path);

    ClientSocket(ClientSocket&&) = default;
    ClientSocket& operator=(ClientSocket&&) = delete;
    ClientSocket(const ClientSocket&) = delete;
    ClientSocket& operator=(const ClientSocket&) = delete;

    // Removes the file if it is still ours.
    ~ClientSocket();

    [[nodiscard]] int fd() const { return listener_.get(); }

    // Nothing when nobody waits.
    [[nodiscard]] Result<Fd> accept() const;

    static constexpr int backlog = 16;

  private:
    ClientSocket(Fd listener, std::string path, const struct stat& file)
        : listener_(std::move(listener)), path_(std::move(path)), file_(file) {}

    Fd listener_;
    std::string path_;
    struct stat file_;  // When it was made.
};

}  // namespace penstock
