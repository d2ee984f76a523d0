// SPDX-License-Identifier: Apache-2.0

#include "agent/client_door.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/eventfd.h>

#include "tests/unit/cooperation/wire_end.h"

namespace penstock {
namespace {

using client::bytes_of;
using client::hello_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint32_t nobody = 65'534;

// A door whose callers come by socket pairs, and are whoever the test says.
class Door : public testing::Test {
  protected:
    struct Visitor {
        WireEnd end{};
        Fd death{};  // Readable once it has died.
    };

    Visitor call(std::uint32_t pid, std::uint32_t uid = nobody) {
        SocketPair pair;
        Visitor visitor{.end = WireEnd(std::move(pair.ours)),
                        .death = Fd(::eventfd(0, EFD_CLOEXEC))};
        next_ = Peer{
            .pid = pid, .uid = uid, .pidfd = Fd(::fcntl(visitor.death.get(), F_DUPFD_CLOEXEC, 0))};
        door.admit(std::move(pair.theirs), now);
        return visitor;
    }

    Visitor call_and_greet(std::uint32_t pid) {
        Visitor visitor = call(pid);
        visitor.end.say(hello_of("lib", 1));
        door.serve(now);
        return visitor;
    }

    static void die(const Visitor& visitor) { ::eventfd_write(visitor.death.get(), 1); }

    static bool welcomed(const Visitor& visitor) {
        const auto answer = client::read_answer(visitor.end.hear());
        return answer && std::holds_alternative<client::Welcome>(*answer);
    }

    TimePoint now = from_ns(5'000'000'000);
    std::vector<std::uint32_t> greeted;
    std::string unknown;  // Not empty: why callers can not be identified.

  private:
    Peer next_{};

  protected:
    ClientDoor door = *ClientDoor::without_socket(
        [this](const Fd& /*connection*/) -> Result<Peer> {
            if (!unknown.empty()) {
                return fail(unknown);
            }
            return std::move(next_);
        },
        [this](std::uint32_t pid) { greeted.push_back(pid); });
};

TEST_F(Door, greets_a_caller_and_keeps_it_until_it_is_taken) {
    const Visitor visitor = call(70);
    EXPECT_FALSE(door.take(70)) << "it has not said hello";
    visitor.end.say(hello_of("libpenstock-hsa 0.1", 3));
    door.serve(now);
    EXPECT_TRUE(welcomed(visitor));
    EXPECT_THAT(greeted, ElementsAre(70));
    const auto taken = door.take(70);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->pid, 70U);
    EXPECT_EQ(taken->abilities, 3U);
    EXPECT_EQ(taken->library, "libpenstock-hsa 0.1");
    EXPECT_EQ(door.waiting(), 0U);
    EXPECT_FALSE(door.take(70));
}

TEST_F(Door, keeps_no_copy_of_what_was_taken) {
    const Visitor visitor = call_and_greet(70);
    EXPECT_TRUE(welcomed(visitor));
    auto taken = door.take(70);
    ASSERT_TRUE(taken);
    EXPECT_FALSE(visitor.end.hung_up());
    taken->connection.reset();
    EXPECT_TRUE(visitor.end.hung_up());
}

TEST_F(Door, is_deaf_to_whoever_was_taken) {
    const Visitor visitor = call_and_greet(70);
    const auto taken = door.take(70);
    visitor.end.say(client::Done{});
    pollfd watched{.fd = door.fd(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&watched, 1, 0), 0) << "the agent would spin";
}

TEST_F(Door, gives_nobody_to_whoever_asks_for_another) {
    const Visitor visitor = call_and_greet(70);
    EXPECT_FALSE(door.take(71));
    EXPECT_EQ(door.waiting(), 1U);
}

TEST_F(Door, forgets_who_hangs_up) {
    Visitor visitor = call_and_greet(70);
    visitor.end.close();
    door.serve(now);
    EXPECT_EQ(door.waiting(), 0U);
}

TEST_F(Door, forgets_who_dies_though_a_child_holds_the_connection) {
    const Visitor visitor = call_and_greet(70);
    die(visitor);
    EXPECT_FALSE(door.take(70));
    door.serve(now);
    EXPECT_EQ(door.waiting(), 0U);
}

TEST_F(Door, refuses_who_says_nothing_for_too_long) {
    const Visitor visitor = call(70);
    door.serve(now + ClientDoor::patience - Duration(1));
    EXPECT_EQ(door.waiting(), 1U);
    door.serve(now + ClientDoor::patience);
    EXPECT_EQ(door.waiting(), 0U);
    EXPECT_EQ(visitor.end.hear_refusal(), "no hello within 5 s");
}

TEST_F(Door, lets_the_greeted_wait_for_ever) {
    const Visitor visitor = call_and_greet(70);
    door.serve(now + std::chrono::hours(1));
    EXPECT_EQ(door.waiting(), 1U);
}

TEST_F(Door, refuses_another_version_with_both_numbers) {
    const Visitor visitor = call(70);
    client::Hello hello = hello_of("lib", 1);
    hello.oldest = 2;
    hello.newest = 4;
    visitor.end.say(hello);
    door.serve(now);
    EXPECT_EQ(visitor.end.hear_refusal(),
              "the client speaks version 2 to 4 of the protocol, the agent version 1");
    EXPECT_TRUE(visitor.end.hung_up());
    EXPECT_THAT(greeted, IsEmpty());
}

TEST_F(Door, refuses_another_magic_number) {
    const Visitor visitor = call(70);
    client::Hello hello = hello_of("lib", 1);
    hello.magic = 1;
    visitor.end.say(hello);
    door.serve(now);
    EXPECT_THAT(visitor.end.hear_refusal(), HasSubstr("magic number 0x1"));
}

TEST_F(Door, refuses_what_is_no_hello) {
    const Visitor visitor = call(70);
    visitor.end.say(client::Order{});
    door.serve(now);
    EXPECT_EQ(visitor.end.hear_refusal(), "a hello of 32 bytes; expected 64");
    EXPECT_EQ(door.waiting(), 0U);
}

TEST_F(Door, refuses_who_goes_on_talking) {
    const Visitor visitor = call_and_greet(70);
    EXPECT_TRUE(welcomed(visitor));
    visitor.end.say(hello_of("lib", 1));
    door.serve(now);
    EXPECT_EQ(visitor.end.hear_refusal(), "after its hello a client only answers orders");
    EXPECT_EQ(door.waiting(), 0U);
}

TEST_F(Door, refuses_a_second_connection_of_a_process) {
    const Visitor first = call_and_greet(70);
    const Visitor second = call(70);
    EXPECT_EQ(second.end.hear_refusal(), "process 70 has a connection already");
    EXPECT_EQ(door.waiting(), 1U);
}

TEST_F(Door, lets_a_process_call_again_after_it_was_taken) {
    const Visitor first = call_and_greet(70);
    ASSERT_TRUE(door.take(70));
    const Visitor second = call_and_greet(70);
    EXPECT_TRUE(door.take(70));
}

TEST_F(Door, refuses_who_can_not_be_identified) {
    unknown = "the caller is in another world";
    const Visitor visitor = call(70);
    EXPECT_EQ(visitor.end.hear_refusal(), unknown);
    EXPECT_EQ(door.waiting(), 0U);
}

TEST_F(Door, takes_so_many_of_a_user_and_no_more) {
    std::vector<Visitor> visitors;
    for (std::uint32_t i = 0; i < ClientDoor::most_waiting_of_a_user; ++i) {
        visitors.push_back(call(100 + i, 1000));
    }
    EXPECT_EQ(door.waiting(), ClientDoor::most_waiting_of_a_user);
    EXPECT_EQ(call(999, 1000).end.hear_refusal(),
              "64 processes of user 1000 wait already, which is the limit");
    const Visitor other = call(999, 1001);
    EXPECT_EQ(other.end.hear_refusal(), "") << "other users pay for it";
}

TEST_F(Door, takes_so_many_in_all_and_no_more) {
    std::vector<Visitor> visitors;
    for (std::uint32_t i = 0; i < ClientDoor::most_waiting; ++i) {
        visitors.push_back(call(1000 + i, 1000 + i / 64));
    }
    EXPECT_EQ(door.waiting(), ClientDoor::most_waiting);
    EXPECT_EQ(call(9, 9).end.hear_refusal(), "256 processes wait already, which is the limit");
    visitors.pop_back();
    for (int i = 0; i < 8; ++i) {
        door.serve(now);
    }
    const Visitor next = call(9, 9);
    EXPECT_EQ(next.end.hear_refusal(), "") << "somebody has left";
}

}  // namespace
}  // namespace penstock
