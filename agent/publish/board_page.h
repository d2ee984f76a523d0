// SPDX-License-Identifier: Apache-2.0
//
// Board page: what the agent writes of memory nodes for clients that can not wait for the bus
// (client/libpenstock/include/penstock/board.h is the contract).
//
// A page can not be written by the next agent, which makes a page of its own. Its generation is
// higher, so that clients know which one counts; the former page says that it is closed, or its
// time runs out.

#pragma once

#include <cstdint>

#include "base/sealed_page.h"
#include "policies/snapshot.h"

namespace penstock::dbus {

class BoardPage {
  public:
    // `former` is the descriptor of the page before this one, if anybody has kept it: only its
    // generation counts, and only if it is a board. Without it the time makes a generation that
    // none before had.
    static Result<BoardPage> make(const Fd& former, TimePoint now);

    // Marks the page as closed.
    ~BoardPage();

    BoardPage(BoardPage&&) noexcept = default;
    BoardPage& operator=(BoardPage&&) = delete;
    BoardPage(const BoardPage&) = delete;
    BoardPage& operator=(const BoardPage&) = delete;

    // Readers see either all of it or nothing. It holds for so long.
    void write(const Snapshot& seen, Duration holds);

    [[nodiscard]] std::uint64_t generation() const { return generation_; }

    // A descriptor for one client.
    [[nodiscard]] Result<Fd> reader() const { return page_.reader(); }

  private:
    BoardPage(SealedPage page, std::uint64_t generation);

    SealedPage page_;
    std::uint64_t generation_;
};

}  // namespace penstock::dbus
