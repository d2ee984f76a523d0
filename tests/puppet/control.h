// SPDX-License-Identifier: Apache-2.0
//
// Control: the socket over which a test commands one puppet, and hears back.
//
// One datagram is one command or one answer. The descriptor outlives exec, so that the fresh image
// can be commanded too. It is plain calls only: a thread may use it while another one is blocked.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"

namespace penstock::puppet {

struct Command {
    std::vector<std::string> words{};
    Fd attached{};

    // The word at `index` as a number; 0 where there is none.
    [[nodiscard]] long number(std::size_t index) const;

    [[nodiscard]] std::string word(std::size_t index) const;
};

class Control {
  public:
    explicit Control(Fd socket) : socket_(std::move(socket)) {}

    // None when the test is gone. Signals do not interrupt it.
    [[nodiscard]] std::optional<Command> next() const;

    void answer(const std::string& text) const;

    [[nodiscard]] int fd() const { return socket_.get(); }

    // A forked child goes on under a control of its own.
    void become(Fd socket) { socket_ = std::move(socket); }

  private:
    Fd socket_;
};

}  // namespace penstock::puppet
