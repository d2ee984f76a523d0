// SPDX-License-Identifier: Apache-2.0

#include "base/one_way.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace penstock {
namespace {

constexpr int most_bytes = 64 * 1024;

OneWay make() {
    Result<OneWay> way = make_one_way(most_bytes);
    EXPECT_TRUE(way);
    return *std::move(way);
}

ssize_t send(const Fd& end, const std::string& text) {
    return ::send(end.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

// What poll() says of an end of which nothing is asked.
short told(const Fd& end) {
    pollfd asked{.fd = end.get(), .events = 0, .revents = 0};
    EXPECT_GE(::poll(&asked, 1, 0), 0);
    return asked.revents;
}

TEST(OneWay, goes_from_the_writer_to_the_reader) {
    const OneWay way = make();
    ASSERT_EQ(send(way.writer, "a line\n"), 7);
    std::array<char, 16> text{};
    EXPECT_EQ(::read(way.reader.get(), text.data(), text.size()), 7);
    EXPECT_LT(::read(way.reader.get(), text.data(), text.size()), 0);
    EXPECT_EQ(errno, EAGAIN);
    EXPECT_EQ(::fcntl(way.reader.get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

TEST(OneWay, takes_nothing_from_the_reader) {
    const OneWay way = make();
    EXPECT_LT(send(way.reader, "x"), 0);
    EXPECT_EQ(errno, EPIPE);
    EXPECT_EQ(told(way.writer), 0) << "that is no reason to wake the writer";
}

TEST(OneWay, holds_so_much_and_no_more) {
    const OneWay way = make();
    const int much = 16 * 1024 * 1024;
    ::setsockopt(way.reader.get(), SOL_SOCKET, SO_RCVBUF, &much, sizeof(much));
    const std::string text(4096, 'x');
    ssize_t sent = 0;
    while (send(way.writer, text) > 0) {
        sent += static_cast<ssize_t>(text.size());
        ASSERT_LE(sent, 2 * most_bytes);
    }
    EXPECT_EQ(errno, EAGAIN);
    EXPECT_GE(sent, most_bytes / 2);
}

TEST(OneWay, tells_the_writer_when_the_last_copy_has_gone) {
    OneWay way = make();
    Fd copy(::fcntl(way.reader.get(), F_DUPFD_CLOEXEC, 0));
    way.reader.reset();
    EXPECT_EQ(told(way.writer), 0);
    copy.reset();
    EXPECT_NE(told(way.writer) & POLLHUP, 0);
}

}  // namespace
}  // namespace penstock
