// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/signal_window.h"

#include <gtest/gtest.h>

#include <array>

namespace penstock::workload {
namespace {

class SignalWindowTest : public testing::Test {
  protected:
    aql::Signal& submit(std::int64_t arrival_ns) {
        aql::Signal& signal = window_.begin(from_ns(arrival_ns));
        window_.submitted();
        return signal;
    }

    std::array<aql::Signal, 2> signals_{};
    SignalWindow window_{signals_};
};

TEST_F(SignalWindowTest, has_nothing_to_reap_at_first) {
    EXPECT_EQ(window_.reap(), std::nullopt);
    EXPECT_EQ(window_.in_flight(), 0U);
    EXPECT_FALSE(window_.full());
}

TEST_F(SignalWindowTest, arms_a_signal_with_one) {
    EXPECT_EQ(submit(1).value, 1);
}

TEST_F(SignalWindowTest, keeps_the_mailbox_and_the_event_of_a_reused_signal) {
    signals_[0].event_id = 17;
    signals_[0].event_mailbox_ptr = 4096;
    const aql::Signal& signal = submit(1);
    EXPECT_EQ(signal.event_id, 17U);
    EXPECT_EQ(signal.event_mailbox_ptr, 4096U);
}

TEST_F(SignalWindowTest, does_not_reap_what_the_device_has_not_completed) {
    submit(1);
    EXPECT_EQ(window_.reap(), std::nullopt);
    EXPECT_EQ(window_.in_flight(), 1U);
}

TEST_F(SignalWindowTest, does_not_reap_what_is_not_submitted_yet) {
    window_.begin(from_ns(1)).value = 0;
    EXPECT_EQ(window_.reap(), std::nullopt);
}

TEST_F(SignalWindowTest, tells_each_arrival_once_and_in_order) {
    submit(10).value = 0;
    submit(20).value = 0;
    EXPECT_EQ(window_.reap(), from_ns(10));
    EXPECT_EQ(window_.reap(), from_ns(20));
    EXPECT_EQ(window_.reap(), std::nullopt);
}

TEST_F(SignalWindowTest, is_full_at_its_limit_and_takes_more_after_a_reap) {
    aql::Signal& oldest = submit(1);
    submit(2);
    EXPECT_TRUE(window_.full());
    oldest.value = 0;
    EXPECT_EQ(window_.reap(), from_ns(1));
    EXPECT_FALSE(window_.full());
    EXPECT_EQ(&submit(3), &oldest);
}

TEST_F(SignalWindowTest, takes_a_signal_below_zero_as_complete) {
    submit(5).value = -1;
    EXPECT_EQ(window_.reap(), from_ns(5));
}

}  // namespace
}  // namespace penstock::workload
