// SPDX-License-Identifier: Apache-2.0
//
// Listener: a test's socket in the file system, gone with the test.

#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "tests/unit/cooperation/wire_end.h"

namespace penstock {

// A path of this process alone.
inline std::string scratch_path(const std::string& name) {
    return testing::TempDir() + name + "." + std::to_string(::getpid());
}

class Listener {
  public:
    explicit Listener(std::string path) : path_(std::move(path)) {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        std::ranges::copy(path_, &address.sun_path[0]);
        socket_ = Fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
        ::unlink(path_.c_str());
        EXPECT_EQ(
            ::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
        EXPECT_EQ(::listen(socket_.get(), 4), 0);
    }

    ~Listener() { ::unlink(path_.c_str()); }

    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // Waits until somebody connects.
    [[nodiscard]] WireEnd accept() const {
        return WireEnd(Fd(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    }

  private:
    std::string path_;
    Fd socket_{};
};

}  // namespace penstock
