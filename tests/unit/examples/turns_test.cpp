// SPDX-License-Identifier: Apache-2.0
//
// When the sides of a split inference may move, with and without an agent.

#include "client/examples/split_inference/turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/unit/ctl/child.h"
#include "tests/unit/libpenstock/leasing_agent.h"

namespace penstock::split_inference {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t giga = 1'000'000'000;

Options options_of(Control control, const std::string& bus) {
    return {.control = control, .name = "cpu", .rate = 40 * giga, .bus = bus};
}

TEST(Turns, without_control_need_no_agent) {
    const auto turns = Turns::open(options_of(Control::none, "unix:path=/nonexistent/bus"));
    ASSERT_TRUE(turns);
    EXPECT_TRUE((*turns)->begin(PENSTOCK_OP_EXPERT_FFN, 1000));
    EXPECT_EQ((*turns)->rate(), 40 * giga);
    (*turns)->end();
}

// Sides that have an agent, whose memory gives out 95 GB/s.
class TurnsOfTwo : public testing::Test {
  protected:
    std::unique_ptr<Turns> opened(Control control, const std::string& lease_class = {}) {
        Options options = options_of(control, address);
        options.lease_class = lease_class;
        auto turns = Turns::open(options);
        EXPECT_TRUE(turns) << turns.error().message();
        return turns ? *std::move(turns) : nullptr;
    }

    test::Child bus{{"dbus-daemon", "--session", "--nofork", "--print-address"}};
    std::string address = bus.read_line();
    test::LeasingAgent agent{address};
};

TEST_F(TurnsOfTwo, with_leases_have_one_from_the_start_until_the_end) {
    auto turns = opened(Control::leases);
    ASSERT_NE(turns, nullptr);
    EXPECT_EQ(agent.leases(), 1U);
    EXPECT_EQ(turns->rate(), 40 * giga);
    EXPECT_TRUE(turns->begin(PENSTOCK_OP_EXPERT_FFN, 1000));
    turns->end();
    EXPECT_EQ(agent.leases(), 1U) << "it is not given back between operations";
    turns.reset();
    EXPECT_TRUE(test::comes_true([&] { return agent.leases() == 0; }));
}

TEST_F(TurnsOfTwo, with_leases_crawl_on_when_theirs_has_ended) {
    const auto turns = opened(Control::leases);
    ASSERT_NE(turns, nullptr);
    agent.end_first_lease();
    EXPECT_TRUE(test::comes_true([&] { return turns->rate() == 1; })) << "never 0";
}

TEST_F(TurnsOfTwo, with_a_token_have_all_of_the_memory_for_an_operation) {
    const auto turns = opened(Control::token);
    ASSERT_NE(turns, nullptr);
    EXPECT_EQ(agent.leases(), 0U);
    ASSERT_TRUE(turns->begin(PENSTOCK_OP_EXPERT_FFN, 1000));
    EXPECT_EQ(agent.exclusive_leases(), 1U);
    EXPECT_EQ(turns->rate(), 40 * giga) << "what it can use, not what the token is of";
    turns->end();
    EXPECT_TRUE(test::comes_true([&] { return agent.leases() == 0; }));
}

TEST_F(TurnsOfTwo, with_a_token_are_refused_to_who_has_it_already) {
    const auto one = opened(Control::token);
    const auto other = opened(Control::token);
    ASSERT_TRUE(one->begin(PENSTOCK_OP_EXPERT_FFN, 1000));
    const Result<> refused = other->begin(PENSTOCK_OP_EXPERT_FFN, 1000);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, EBUSY);
    EXPECT_THAT(refused.error().message(), HasSubstr("would wait for itself"));
    one->end();
}

TEST_F(TurnsOfTwo, with_leases_are_none_of_a_class_that_there_is_not) {
    Options options = options_of(Control::leases, address);
    options.lease_class = "best";
    const auto turns = Turns::open(options);
    ASSERT_FALSE(turns);
    EXPECT_EQ(turns.error().code, EINVAL);
    EXPECT_EQ(agent.leases(), 0U);
}

TEST_F(TurnsOfTwo, with_leases_make_room_for_a_critical_side) {
    agent.set_peak(60 * giga);
    const auto much = opened(Control::leases, "stream");
    const auto critical = opened(Control::leases, "critical");
    ASSERT_NE(critical, nullptr);
    EXPECT_EQ(critical->rate(), 40 * giga);
    EXPECT_TRUE(test::comes_true([&] { return much->rate() <= 17 * giga; }));
}

}  // namespace
}  // namespace penstock::split_inference
