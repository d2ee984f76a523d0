// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/pointer_watch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <optional>

#include "agent/pointer_ring.h"
#include "tests/bpf/submitter.h"

namespace penstock {
namespace {

constexpr int patience_ms = 5000;

Fd duplicate(int number) {
    return Fd(::fcntl(number, F_DUPFD_CLOEXEC, 0));
}

class PointerWatchTest : public testing::Test {
  protected:
    void SetUp() override {
        auto watch = PointerWatch::open(Tree("/proc"));
        ASSERT_TRUE(watch) << watch.error().message();
        watch_.emplace(std::move(*watch));
        auto ring = PointerRing::open(duplicate(watch_->ring_fd()),
                                      duplicate(watch_->slots_fd()),
                                      POINTER_RING_BYTES,
                                      WATCH_SLOTS);
        ASSERT_TRUE(ring) << ring.error().message();
        ring_.emplace(std::move(*ring));
    }

    static test::Submitter submitter() {
        auto started = test::Submitter::start();
        EXPECT_TRUE(started) << started.error().message();
        return std::move(started).value();
    }

    // Watches the counter, armed, and returns its slot.
    std::uint32_t watch(const test::Submitter& submitter) {
        const std::uint32_t slot = watch_->take_slot().value();
        const PointerWatch::Pointer pointer{.slot = slot,
                                            .write_address = submitter.counter_address()};
        const auto watched =
            watch_->watch(submitter.pidfd(), submitter.pid(), std::span(&pointer, 1));
        EXPECT_TRUE(watched) << watched.error().message();
        ring_->arm(slot);
        return slot;
    }

    std::optional<gate::PointerMove> wait_for_move() {
        pollfd ready{.fd = ring_->fd(), .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, patience_ms) != 1) {
            return std::nullopt;
        }
        return take_move();
    }

    std::optional<gate::PointerMove> take_move() {
        gate::PointerMove move{};
        return ring_->take(std::span(&move, 1)) == 1 ? std::optional(move) : std::nullopt;
    }

    std::optional<PointerWatch> watch_;
    std::optional<PointerRing> ring_;
};

TEST_F(PointerWatchTest, reports_a_move_when_the_submitter_blocks) {
    test::Submitter submitter = this->submitter();
    const std::uint32_t slot = watch(submitter);

    submitter.move_and_block();

    const auto move = wait_for_move();
    ASSERT_TRUE(move);
    EXPECT_EQ(move->slot, slot);
    EXPECT_EQ(move->written, 1U);
    EXPECT_EQ(watch_->counters().reported, 1U);
}

TEST_F(PointerWatchTest, reports_once_per_arming) {
    test::Submitter submitter = this->submitter();
    const std::uint32_t slot = watch(submitter);
    submitter.move_and_block();
    ASSERT_TRUE(wait_for_move());
    for (int i = 0; i < 100; ++i) {
        submitter.move_and_block();  // Each order waits for the block before it.
    }
    EXPECT_FALSE(take_move());

    ring_->arm(slot);
    submitter.move_and_block();

    const auto move = wait_for_move();
    ASSERT_TRUE(move);
    EXPECT_GE(move->written, 101U);
    EXPECT_FALSE(take_move());
}

TEST_F(PointerWatchTest, sees_every_move_of_a_thousand) {
    test::Submitter submitter = this->submitter();
    const std::uint32_t slot = watch(submitter);
    for (std::uint64_t i = 1; i <= 1000; ++i) {
        submitter.move_and_block();
        const auto move = wait_for_move();
        ASSERT_TRUE(move) << i;
        ASSERT_EQ(move->written, i);
        ring_->arm(slot);
    }
}

TEST_F(PointerWatchTest, keeps_silent_about_processes_that_are_not_watched) {
    test::Submitter watched = submitter();
    test::Submitter other = submitter();
    const std::uint32_t slot = watch(watched);

    other.move_and_block();
    other.move_and_block();
    watched.move_and_block();

    const auto move = wait_for_move();
    ASSERT_TRUE(move);
    EXPECT_EQ(move->slot, slot);
    EXPECT_EQ(watch_->counters().reported, 1U);
}

TEST_F(PointerWatchTest, tells_processes_apart) {
    test::Submitter first = submitter();
    test::Submitter second = submitter();
    const std::uint32_t first_slot = watch(first);
    const std::uint32_t second_slot = watch(second);
    EXPECT_NE(first_slot, second_slot);

    second.move_and_block();
    EXPECT_EQ(wait_for_move().value().slot, second_slot);
    first.move_and_block();
    EXPECT_EQ(wait_for_move().value().slot, first_slot);
}

TEST_F(PointerWatchTest, sees_a_submitter_that_spins) {
    test::Submitter submitter = this->submitter();
    watch(submitter);
    submitter.move_and_spin();
    EXPECT_TRUE(wait_for_move());
    submitter.stop_spinning();
}

TEST_F(PointerWatchTest, sees_a_thread_started_after_the_watch) {
    test::Submitter submitter = this->submitter();
    watch(submitter);
    submitter.move_and_spin_in_new_thread();
    EXPECT_TRUE(wait_for_move());
    submitter.stop_spinning();
}

TEST_F(PointerWatchTest, says_nothing_more_after_unwatch_and_reuses_the_slot) {
    test::Submitter former = submitter();
    const std::uint32_t slot = watch(former);
    watch_->unwatch(former.pidfd());
    watch_->give_back_slot(slot);
    ring_->arm(slot);
    former.move_and_block();
    former.move_and_block();
    EXPECT_FALSE(take_move());

    // The longest free slot comes first, so this one comes last.
    std::uint32_t again = watch_->take_slot().value();
    while (again != slot) {
        again = watch_->take_slot().value();
    }
    test::Submitter next = submitter();
    const PointerWatch::Pointer pointer{.slot = slot, .write_address = next.counter_address()};
    ASSERT_TRUE(watch_->watch(next.pidfd(), next.pid(), std::span(&pointer, 1)));
    ring_->arm(slot);
    next.move_and_block();
    EXPECT_EQ(wait_for_move().value().written, 1U);
}

TEST_F(PointerWatchTest, hands_out_every_slot_once) {
    for (std::uint32_t i = 0; i < WATCH_SLOTS; ++i) {
        ASSERT_TRUE(watch_->take_slot()) << i;
    }
    EXPECT_FALSE(watch_->take_slot());
}

TEST_F(PointerWatchTest, survives_pointers_that_point_nowhere) {
    test::Submitter submitter = this->submitter();
    std::array<PointerWatch::Pointer, 4> pointers{};
    constexpr std::array<std::uint64_t, 3> nowhere{0, 0xffffffff81000000, ~0ULL - 3};
    for (std::size_t i = 0; i < nowhere.size(); ++i) {
        pointers[i] = {.slot = watch_->take_slot().value(), .write_address = nowhere[i]};
    }
    pointers.back() = {.slot = watch_->take_slot().value(),
                       .write_address = submitter.counter_address()};
    ASSERT_TRUE(watch_->watch(submitter.pidfd(), submitter.pid(), pointers));
    for (const auto& pointer : pointers) {
        ring_->arm(pointer.slot);
    }

    submitter.move_and_block();

    EXPECT_EQ(wait_for_move().value().slot, pointers.back().slot);
    EXPECT_FALSE(take_move());
}

TEST_F(PointerWatchTest, refuses_more_pointers_than_the_program_looks_at) {
    test::Submitter submitter = this->submitter();
    const std::vector<PointerWatch::Pointer> pointers(PointerWatch::most_pointers + 1);
    const auto watched = watch_->watch(submitter.pidfd(), submitter.pid(), pointers);
    ASSERT_FALSE(watched);
    EXPECT_EQ(watched.error().message(), "9 pointers to watch in one process, of 8 possible");
}

TEST_F(PointerWatchTest, refuses_a_slot_that_nobody_took) {
    test::Submitter submitter = this->submitter();
    const PointerWatch::Pointer pointer{.slot = 5, .write_address = submitter.counter_address()};
    EXPECT_FALSE(watch_->watch(submitter.pidfd(), submitter.pid(), std::span(&pointer, 1)));
}

TEST_F(PointerWatchTest, says_so_when_the_process_is_dead) {
    test::Submitter submitter = this->submitter();
    watch(submitter);
    submitter.end();

    watch_->unwatch(submitter.pidfd());
    const auto watched = watch_->watch(submitter.pidfd(), submitter.pid(), {});

    ASSERT_FALSE(watched);
    EXPECT_EQ(watched.error().message(),
              "watch process " + std::to_string(submitter.pid()) + ": No such process");
}

}  // namespace
}  // namespace penstock
