// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/line_queue.h"

#include <gtest/gtest.h>

#include <utility>

#include "policies/metrics_line.h"

namespace penstock::dbus {
namespace {

constexpr std::size_t half = LineQueue::most_bytes / 2;

LineQueue::Line line(std::size_t length, char letter) {
    return std::make_shared<const std::string>(std::string(length - 1, letter) + '\n');
}

// Everything that is there, as the reader gets it, with a line's letter in the place of its text.
std::string drained(LineQueue& queue) {
    std::string seen;
    while (!queue.empty()) {
        const std::string_view next = queue.next();
        seen += next.starts_with('{') ? next.substr(0, next.size() - 1) : next.substr(0, 1);
        queue.taken(next.size());
    }
    return seen;
}

TEST(LineQueue, keeps_lines_in_their_order) {
    LineQueue queue(&dropped_line);
    EXPECT_TRUE(queue.next().empty());
    queue.push(line(10, 'a'));
    queue.push(line(20, 'b'));
    EXPECT_EQ(queue.bytes(), 30U);
    EXPECT_EQ(drained(queue), "ab");
    EXPECT_EQ(queue.bytes(), 0U);
    EXPECT_EQ(queue.dropped(), 0U);
}

TEST(LineQueue, goes_on_where_the_reader_stopped) {
    LineQueue queue(&dropped_line);
    queue.push(std::make_shared<const std::string>("abcdef\n"));
    queue.taken(2);
    EXPECT_EQ(queue.next(), "cdef\n");
    queue.taken(4);
    EXPECT_EQ(queue.next(), "\n");
    queue.taken(1);
    EXPECT_TRUE(queue.empty());
}

TEST(LineQueue, holds_as_much_as_it_says_and_drops_nothing) {
    LineQueue queue(&dropped_line);
    queue.push(line(half, 'a'));
    queue.push(line(half, 'b'));
    EXPECT_EQ(queue.bytes(), LineQueue::most_bytes);
    EXPECT_EQ(drained(queue), "ab");
}

TEST(LineQueue, drops_the_oldest_and_says_so_where_they_would_have_come) {
    LineQueue queue(&dropped_line);
    for (const char letter : {'a', 'b', 'c', 'd'}) {
        queue.push(line(half, letter));
    }
    EXPECT_EQ(queue.bytes(), LineQueue::most_bytes);
    EXPECT_EQ(queue.dropped(), 2U);
    EXPECT_EQ(drained(queue), "{\"dropped\":2}cd");
    queue.push(line(10, 'e'));
    EXPECT_EQ(drained(queue), "e") << "that is told once";
}

TEST(LineQueue, finishes_a_line_that_the_reader_has_begun) {
    LineQueue queue(&dropped_line);
    queue.push(line(half, 'a'));
    queue.taken(1);
    for (const char letter : {'b', 'c', 'd'}) {
        queue.push(line(half, letter));
    }
    EXPECT_EQ(drained(queue), "a{\"dropped\":2}d");
}

TEST(LineQueue, tells_of_more_lines_in_a_second_notice_once_the_first_has_begun) {
    LineQueue queue(&dropped_line);
    queue.push(line(half, 'a'));
    queue.push(line(half, 'b'));
    queue.push(line(half, 'c'));
    ASSERT_EQ(queue.next(), "{\"dropped\":1}\n");
    queue.push(line(half, 'd'));
    ASSERT_EQ(queue.next(), "{\"dropped\":2}\n") << "it has not begun";
    queue.taken(5);
    queue.push(line(half, 'e'));
    EXPECT_EQ(queue.next(), "pped\":2}\n");
    queue.taken(queue.next().size());
    EXPECT_EQ(drained(queue), "{\"dropped\":1}de");
    EXPECT_EQ(queue.dropped(), 3U);
}

TEST(LineQueue, keeps_a_line_that_is_longer_than_all_but_alone) {
    LineQueue queue(&dropped_line);
    queue.push(line(10, 'a'));
    queue.push(line(2 * LineQueue::most_bytes, 'b'));
    EXPECT_EQ(queue.bytes(), 2 * LineQueue::most_bytes);
    queue.push(line(10, 'c'));
    EXPECT_EQ(drained(queue), "{\"dropped\":2}c");
    queue.push(line(10, 'd'));
    queue.taken(1);
    queue.push(line(2 * LineQueue::most_bytes, 'e'));
    EXPECT_EQ(queue.bytes(), 10U) << "what the reader has begun is kept, and not both";
    EXPECT_EQ(drained(queue), "d");
    queue.push(line(10, 'f'));
    EXPECT_EQ(drained(queue), "{\"dropped\":1}f");
}

TEST(LineQueue, tells_of_what_it_was_never_given) {
    LineQueue queue(&dropped_line);
    queue.miss();
    EXPECT_TRUE(queue.empty()) << "there is a notice only before a line";
    EXPECT_TRUE(queue.next().empty());
    queue.push(line(10, 'a'));
    EXPECT_EQ(drained(queue), "{\"dropped\":1}a");
}

}  // namespace
}  // namespace penstock::dbus
