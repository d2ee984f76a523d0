// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/paced_queue.h"

#include <gtest/gtest.h>

namespace penstock::dbus {
namespace {

using namespace std::chrono_literals;

constexpr RequestQuota::Share share{.per_second = 1000, .burst = 10};
constexpr TimePoint start(100s);

// As the turnstile does with each request; how many passed at once.
int arrive(PacedQueue<int>& queue, std::uint32_t uid, int first, int count, TimePoint now) {
    int passed = 0;
    for (int i = first; i < first + count; ++i) {
        if (queue.may_pass(uid, now)) {
            ++passed;
        } else if (queue.has_room(uid)) {
            queue.hold(uid, i);
        }
    }
    return passed;
}

TEST(PacedQueue, lets_a_burst_pass_and_the_rest_in_order_at_the_pace) {
    PacedQueue<int> queue(share);
    EXPECT_EQ(arrive(queue, 1000, 0, 30, start), 10);
    EXPECT_TRUE(queue.take_due(start).empty());
    EXPECT_EQ(queue.take_due(start + 5ms), (std::vector<int>{10, 11, 12, 13, 14}));
    EXPECT_EQ(queue.take_due(start + 7ms), (std::vector<int>{15, 16}));
    EXPECT_FALSE(queue.empty());
    EXPECT_EQ(queue.take_due(start + 1h).size(), 10U) << "a burst, and no more";
}

TEST(PacedQueue, lets_nothing_overtake_what_waits) {
    PacedQueue<int> queue(share);
    EXPECT_EQ(arrive(queue, 1000, 0, 11, start), 10);
    EXPECT_EQ(arrive(queue, 1000, 11, 1, start + 1s), 0) << "though there is a share again";
    EXPECT_EQ(queue.take_due(start + 1s), (std::vector<int>{10, 11}));
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(arrive(queue, 1000, 12, 1, start + 1s), 1);
}

TEST(PacedQueue, of_one_user_is_in_nobody_elses_way) {
    PacedQueue<int> queue(share);
    EXPECT_EQ(arrive(queue, 1000, 0, 100, start), 10);
    EXPECT_EQ(arrive(queue, 1001, 0, 5, start), 5);
}

TEST(PacedQueue, holds_so_many_of_one_user_and_so_many_in_all) {
    PacedQueue<int> queue(share);
    constexpr int many = PacedQueue<int>::most_of_one_user + 100;
    constexpr int users = PacedQueue<int>::most / PacedQueue<int>::most_of_one_user;
    for (std::uint32_t uid = 1; uid <= users; ++uid) {
        EXPECT_TRUE(queue.has_room(uid));
        EXPECT_EQ(arrive(queue, uid, 0, many, start), 10);
        EXPECT_FALSE(queue.has_room(uid));
    }
    EXPECT_FALSE(queue.has_room(users + 1)) << "full";
    std::size_t freed = queue.take_due(start + 10ms).size();
    EXPECT_EQ(freed, 10U * users);
    EXPECT_TRUE(queue.has_room(users + 1));
}

}  // namespace
}  // namespace penstock::dbus
