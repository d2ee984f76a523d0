// SPDX-License-Identifier: Apache-2.0

#include "agent/pointer_ring.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>

#include "bpf/pointer_event.h"
#include "tests/unit/bpf/ring_image.h"

namespace penstock {
namespace {

using test::RingImage;

constexpr std::uint32_t slot_count = 16;

class PointerRingTest : public testing::Test {
  protected:
    void SetUp() override {
        slots_ = Fd(::memfd_create("slots", MFD_CLOEXEC));
        ASSERT_EQ(::ftruncate(slots_.get(), 4096), 0);
        auto ring = PointerRing::open(image_.open(), slots_, RingImage::bytes, slot_count);
        ASSERT_TRUE(ring) << ring.error().message();
        ring_.emplace(std::move(*ring));
    }

    void see(const pointer_event& event) { image_.write(std::as_bytes(std::span(&event, 1))); }

    [[nodiscard]] watch_slot slot(std::uint32_t number) const {
        watch_slot read{};
        const auto offset = static_cast<off_t>(number * sizeof(read));
        EXPECT_EQ(::pread(slots_.get(), &read, sizeof(read), offset),
                  static_cast<ssize_t>(sizeof(read)));
        return read;
    }

    RingImage image_;
    Fd slots_;
    std::optional<PointerRing> ring_;
};

TEST_F(PointerRingTest, takes_moves_as_the_program_saw_them) {
    see({.ns = 1234, .written = 99, .slot = 3, .how = POINTER_EVENT_SWITCH});

    std::array<gate::PointerMove, 4> moves{};
    ASSERT_EQ(ring_->take(moves), 1U);
    EXPECT_EQ(moves[0].slot, 3U);
    EXPECT_EQ(moves[0].written, 99U);
    EXPECT_EQ(to_ns(moves[0].seen), 1234);
    EXPECT_EQ(ring_->take(moves), 0U);
}

TEST_F(PointerRingTest, takes_no_more_than_there_is_room_for) {
    for (std::uint32_t i = 0; i < 5; ++i) {
        see({.ns = i, .written = i, .slot = i, .how = POINTER_EVENT_TICK});
    }
    std::array<gate::PointerMove, 3> moves{};
    EXPECT_EQ(ring_->take(moves), 3U);
    EXPECT_EQ(ring_->take(moves), 2U);
    EXPECT_EQ(moves[1].slot, 4U);
    EXPECT_EQ(ring_->take({}), 0U);
}

TEST_F(PointerRingTest, counts_and_skips_slots_that_do_not_exist) {
    see({.ns = 1, .written = 1, .slot = slot_count, .how = POINTER_EVENT_SWITCH});
    see({.ns = 2, .written = 1, .slot = 0xffffffff, .how = POINTER_EVENT_SWITCH});
    see({.ns = 3, .written = 1, .slot = slot_count - 1, .how = POINTER_EVENT_SWITCH});

    std::array<gate::PointerMove, 4> moves{};
    ASSERT_EQ(ring_->take(moves), 1U);
    EXPECT_EQ(moves[0].slot, slot_count - 1);
    EXPECT_EQ(ring_->rejected(), 2U);
}

TEST_F(PointerRingTest, counts_and_skips_records_of_another_size) {
    constexpr std::array<std::byte, 5> stub{};
    image_.write(stub);
    std::array<gate::PointerMove, 1> moves{};
    EXPECT_EQ(ring_->take(moves), 0U);
    EXPECT_EQ(ring_->rejected(), 1U);
}

TEST_F(PointerRingTest, arms_the_slot_in_shared_memory_and_no_other) {
    ring_->arm(5);
    EXPECT_EQ(slot(4).armed, 0U);
    EXPECT_EQ(slot(5).armed, 1U);
    EXPECT_EQ(slot(6).armed, 0U);
}

TEST_F(PointerRingTest, ignores_arming_what_does_not_exist) {
    ring_->arm(slot_count);
    ring_->arm(0xffffffff);
    for (std::uint32_t i = 0; i <= slot_count; ++i) {
        EXPECT_EQ(slot(i).armed, 0U) << i;
    }
}

TEST_F(PointerRingTest, refuses_a_table_larger_than_the_program_has) {
    const auto ring = PointerRing::open(image_.open(), slots_, RingImage::bytes, WATCH_SLOTS + 1);
    ASSERT_FALSE(ring);
    EXPECT_EQ(ring.error().message(), "a table of 1025 watch slots: expected 1 to 1024");
    EXPECT_FALSE(PointerRing::open(image_.open(), slots_, RingImage::bytes, 0));
}

}  // namespace
}  // namespace penstock
