// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/gpu/drm_source.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "agent/probes/gpu/gpu_sources.h"
#include "tests/unit/gpu_probes/stand.h"

namespace penstock {
namespace {

using namespace fakes;

// What the driver behind the fake card answers.
struct Driver {
    int open_error = 0;
    int error = 0;
    bool counts_losses = true;
    std::uint32_t losses = 2;
    std::string opened{};
};

// A source takes a plain function to open a card, so what it reaches is here.
Driver* driver = nullptr;

class FakeCard final : public DrmCard {
  public:
    [[nodiscard]] std::string marketing_name() const override { return "Radeon\033 Test"; }

    std::expected<DrmMemory, int> memory() override {
        if (driver->error != 0) {
            return std::unexpected(driver->error);
        }
        return DrmMemory{.vram_used = 1, .vram_total = 2, .gtt_used = 3, .gtt_total = 4};
    }

    std::expected<std::uint32_t, int> losses_of_vram() override {
        if (!driver->counts_losses) {
            return std::unexpected(EINVAL);
        }
        return driver->losses;
    }
};

Result<std::unique_ptr<DrmCard>> open_fake_card(const std::string& node) {
    driver->opened = node;
    if (driver->open_error != 0) {
        return fail(driver->open_error, "open " + node);
    }
    return std::make_unique<FakeCard>();
}

class DrmSourceTest : public testing::Test {
  protected:
    DrmSourceTest() {
        driver = &driver_;
        at.source = std::make_unique<DrmSource>(at.device, open_fake_card);
    }

    ~DrmSourceTest() override { driver = nullptr; }

    DrmSourceTest(const DrmSourceTest&) = delete;
    DrmSourceTest& operator=(const DrmSourceTest&) = delete;

    Stand at;
    Driver driver_;
};

TEST_F(DrmSourceTest, tells_memory_and_resets_and_what_the_device_is_sold_as) {
    const Opened opened = at.open();
    ASSERT_TRUE(is_available(opened));
    EXPECT_EQ(why(opened), "memory and resets of Radeon? Test, as its driver answers");
    EXPECT_EQ(driver_.opened, "renderD128");

    at.read();

    EXPECT_EQ(at.level(Quantity::vram_used).value, 1);
    EXPECT_EQ(at.level(Quantity::vram_capacity).value, 2);
    EXPECT_EQ(at.level(Quantity::gtt_used).value, 3);
    EXPECT_EQ(at.level(Quantity::gtt_capacity).value, 4);
    EXPECT_EQ(at.level(Quantity::resets).value, 2);
    EXPECT_EQ(at.level(Quantity::resets).by.origin.text(),
              "the driver's count of resets that lost what was in VRAM");
}

TEST_F(DrmSourceTest, leaves_resets_out_where_the_driver_does_not_count_them) {
    driver_.counts_losses = false;
    ASSERT_TRUE(is_available(at.open()));
    at.read();
    EXPECT_EQ(at.told.levels.size(), 4U);
}

TEST_F(DrmSourceTest, is_absent_where_the_node_may_not_be_opened) {
    driver_.open_error = EACCES;
    const Opened opened = at.open();
    EXPECT_TRUE(is_absent(opened));
    EXPECT_EQ(why(opened), "open renderD128: Permission denied");
}

TEST_F(DrmSourceTest, never_opens_the_node_of_a_device_that_sleeps) {
    at.fall_asleep();
    EXPECT_TRUE(is_later(at.open()));
    EXPECT_EQ(driver_.opened, "");
}

TEST_F(DrmSourceTest, asks_nothing_of_a_device_that_falls_asleep_later) {
    at.wake();
    ASSERT_TRUE(is_available(at.open()));
    at.fall_asleep();
    at.read();
    EXPECT_TRUE(at.stays);
    EXPECT_EQ(at.told.levels.size(), 5U);
    EXPECT_EQ(at.values(), 0U);
}

TEST_F(DrmSourceTest, says_why_the_driver_does_not_answer_and_stays) {
    ASSERT_TRUE(is_available(at.open()));
    driver_.error = EBUSY;
    at.read();
    EXPECT_TRUE(at.stays);
    EXPECT_EQ(at.level(Quantity::vram_used).by.origin.text(),
              (Error{.code = EBUSY, .doing = "ask the driver of the device"}.message()));
    driver_.error = ENODEV;
    at.read();
    EXPECT_FALSE(at.stays);
}

TEST_F(DrmSourceTest, does_not_open_a_strangers_node_for_an_emulated_device) {
    at.around.emulated = true;
    EXPECT_TRUE(is_absent(at.open()));
    EXPECT_EQ(driver_.opened, "");
}

TEST_F(DrmSourceTest, is_absent_without_a_render_node) {
    EXPECT_TRUE(is_absent(make_drm({}, {.gpu = {1}})->open(at.machine, at.around, Stand::self)));
}

TEST_F(DrmSourceTest, is_absent_by_libdrm_where_there_is_no_such_node) {
    EXPECT_FALSE(open_amdgpu_card("no such node"));
}

}  // namespace
}  // namespace penstock
