// SPDX-License-Identifier: Apache-2.0
//
// Board view: the agent's board as this process sees it, at one address for as long as the client
// is open. Another agent's board takes the place of the former one under the readers' eyes.
//
// Reading takes no lock and no system call, so that any thread may read, also in a signal handler
// or after a fork.

#pragma once

#include <cstdint>

#include "base/mapping.h"
#include "client/libpenstock/include/penstock/board.h"

namespace penstock::client {

class BoardView {
  public:
    // Without a board.
    static Result<BoardView> make();

    // Fails for a descriptor that is no board, or that somebody could shorten: reading what is gone
    // would be the end of the process.
    Result<> show(const Fd& board);

    // Nothing of the former board is read any more.
    void hide() { static_cast<void>(clear()); }

    enum class Standing : std::uint8_t { none, silent, live };

    // By a clock that is a few milliseconds behind, and cheap.
    [[nodiscard]] Standing standing() const;

    // False where there is no live board or no such node.
    [[nodiscard]] bool read(std::uint32_t node, penstock_board_node& into) const;

    // The busiest of the nodes that count: this one, or of all, where `node` is negative, the one
    // of the highest level, and of equals the most used one. False as above.
    [[nodiscard]] bool busiest(std::int32_t node, penstock_board_node& into) const;

    // What matters of several nodes at once: the highest level, and the least batch scale.
    struct Summary {
        std::uint32_t level = PENSTOCK_THROTTLE_NONE;
        double batch_scale = 1;
    };

    // Of this node, or of all where `node` is negative. Of none where there is no live board.
    [[nodiscard]] Summary summary(std::int32_t node) const;

    // The highest level alone: what every operation looks at.
    [[nodiscard]] std::uint32_t level(std::int32_t node) const;

  private:
    explicit BoardView(Mapping place) : place_(std::move(place)) {}

    [[nodiscard]] Result<> clear();
    [[nodiscard]] const penstock_board& board() const;

    // Calls look(board) until it has seen one state of the board; false where there is none.
    template <typename Look>
    bool consistently(Look look) const;

    Mapping place_;
};

}  // namespace penstock::client
