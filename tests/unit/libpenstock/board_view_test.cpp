// SPDX-License-Identifier: Apache-2.0

#include "client/libpenstock/board_view.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <thread>

#include "agent/publish/board_page.h"
#include "base/clock.h"
#include "base/sealed_file.h"
#include "tests/unit/libpenstock/busy_board.h"

namespace penstock::client {
namespace {

using namespace std::chrono_literals;
using dbus::BoardPage;
using Standing = BoardView::Standing;
using test::busy_node;
using test::page;
using test::write;

TEST(BoardView, is_empty_at_first) {
    const BoardView view = BoardView::make().value();
    EXPECT_EQ(view.standing(), Standing::none);
    penstock_board_node node{};
    EXPECT_FALSE(view.read(0, node));
    EXPECT_EQ(view.level(-1), PENSTOCK_THROTTLE_NONE);
    EXPECT_EQ(view.summary(-1).batch_scale, 1);
}

TEST(BoardView, shows_each_node_and_the_busiest) {
    BoardPage board = page();
    write(board,
          {busy_node(0, ThrottleLevel::reduce_batch, 0.7), busy_node(2, ThrottleLevel::none, 0.5)});
    BoardView view = BoardView::make().value();
    ASSERT_TRUE(view.show(board.reader().value()));
    EXPECT_EQ(view.standing(), Standing::live);
    penstock_board_node node{};
    ASSERT_TRUE(view.read(2, node));
    EXPECT_EQ(node.node, 2U);
    EXPECT_EQ(node.batch_scale, 0.5);
    EXPECT_FALSE(view.read(1, node));
    EXPECT_EQ(view.level(-1), PENSTOCK_THROTTLE_REDUCE_BATCH);
    EXPECT_EQ(view.level(2), PENSTOCK_THROTTLE_NONE);
    EXPECT_EQ(view.level(7), PENSTOCK_THROTTLE_NONE);
    EXPECT_EQ(view.summary(-1).batch_scale, 0.5);
    EXPECT_EQ(view.summary(0).batch_scale, 0.7);
}

TEST(BoardView, knows_the_busiest_node) {
    BoardPage board = page();
    MemoryNode calm = busy_node(0, ThrottleLevel::none, 1);
    calm.throttle.utilization = 0.95;  // Of another target: the level counts.
    MemoryNode busy = busy_node(3, ThrottleLevel::delay_launch, 0.5);
    busy.throttle.utilization = 0.91;
    MemoryNode less = busy_node(5, ThrottleLevel::delay_launch, 0.5);
    write(board, {calm, busy, less});
    BoardView view = BoardView::make().value();
    penstock_board_node node{};
    EXPECT_FALSE(view.busiest(-1, node));
    ASSERT_TRUE(view.show(board.reader().value()));
    ASSERT_TRUE(view.busiest(-1, node));
    EXPECT_EQ(node.node, 3U);
    ASSERT_TRUE(view.busiest(5, node));
    EXPECT_EQ(node.node, 5U);
    EXPECT_FALSE(view.busiest(4, node));
}

TEST(BoardView, takes_nothing_from_an_agent_that_has_fallen_silent) {
    BoardPage board = page();
    Snapshot seen;
    seen.now = monotonic_now() - 1s;
    seen.memory = {busy_node(0, ThrottleLevel::fall_back, 0.25)};
    board.write(seen, 500ms);
    BoardView view = BoardView::make().value();
    ASSERT_TRUE(view.show(board.reader().value()));
    EXPECT_EQ(view.standing(), Standing::silent);
    EXPECT_EQ(view.level(-1), PENSTOCK_THROTTLE_NONE);
    EXPECT_EQ(view.summary(-1).batch_scale, 1);
}

TEST(BoardView, takes_nothing_from_a_board_that_is_closed_and_shows_the_next) {
    auto board = std::make_optional(page());
    write(*board, {busy_node(0, ThrottleLevel::fall_back, 0.25)});
    BoardView view = BoardView::make().value();
    ASSERT_TRUE(view.show(board->reader().value()));
    ASSERT_EQ(view.level(0), PENSTOCK_THROTTLE_FALL_BACK);
    board.reset();
    EXPECT_EQ(view.standing(), Standing::silent);
    BoardPage next = page();
    write(next, {busy_node(0, ThrottleLevel::delay_launch, 0.5)});
    ASSERT_TRUE(view.show(next.reader().value()));
    EXPECT_EQ(view.level(0), PENSTOCK_THROTTLE_DELAY_LAUNCH);
}

TEST(BoardView, refuses_what_is_no_board) {
    BoardView view = BoardView::make().value();
    const Fd text = sealed_file("text", "no board").value();
    EXPECT_FALSE(view.show(text));
    EXPECT_FALSE(view.show(open_path("/dev/zero", O_RDONLY).value()));
    const Fd foreign = SealedPage::make("foreign", PENSTOCK_BOARD_SIZE)->reader().value();
    EXPECT_FALSE(view.show(foreign));
    Fd unsealed(::memfd_create("unsealed", MFD_CLOEXEC));
    ASSERT_EQ(::ftruncate(unsealed.get(), PENSTOCK_BOARD_SIZE), 0);
    EXPECT_FALSE(view.show(unsealed));
    EXPECT_EQ(view.standing(), Standing::none);
}

TEST(BoardView, never_shows_half_of_a_change) {
    BoardPage board = page();
    write(board, {busy_node(0, ThrottleLevel::none, 1)});
    BoardView view = BoardView::make().value();
    ASSERT_TRUE(view.show(board.reader().value()));
    std::atomic<bool> over = false;
    std::thread writer([&] {
        for (int round = 0; round < 100'000; ++round) {
            // The level and the scale belong together.
            const bool high = round % 2 == 0;
            write(board,
                  {busy_node(
                      0, high ? ThrottleLevel::fall_back : ThrottleLevel::none, high ? 0.25 : 1)});
        }
        over = true;
    });
    int mixed = 0;
    while (!over) {
        const BoardView::Summary seen = view.summary(-1);
        mixed += (seen.level == PENSTOCK_THROTTLE_FALL_BACK) != (seen.batch_scale == 0.25) ? 1 : 0;
    }
    writer.join();
    EXPECT_EQ(mixed, 0);
}

}  // namespace
}  // namespace penstock::client
