// SPDX-License-Identifier: Apache-2.0
//
// Leases of a program beside the shipped bus service, over a bus of the test's own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "tests/unit/libpenstock/lease_client.h"
#include "tests/unit/libpenstock/leasing_agent.h"

namespace penstock::test {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t giga = 1'000'000'000;

class LeaseHolders : public LeaseClient {
  protected:
    // Released by the test, and by any thread.
    penstock_lease* acquired(const Wish& wish) const {
        const penstock_lease_options options = wish.options();
        penstock_lease* granted = nullptr;
        EXPECT_EQ(penstock_lease_acquire(client, &options, &granted), 0) << penstock_error();
        return granted;
    }

    static void wait_for_rate(penstock_lease* lease, std::uint64_t rate) {
        EXPECT_TRUE(comes_true([&] { return penstock_lease_rate(lease) == rate; }));
        EXPECT_EQ(penstock_lease_rate(lease), rate);
    }

    // By taking them; new ones are not ready yet.
    std::size_t idle() const {
        std::vector<client::BusHandle> taken;
        std::size_t known = 0;
        for (int each = 0; each < 8; ++each) {
            taken.push_back(client->lease_buses.take(address).value());
            known += std::size_t{sd_bus_is_ready(taken.back().get()) > 0};
        }
        return known;
    }

    LeasingAgent agent{address};
};

TEST_F(LeaseHolders, have_what_they_asked_for_until_they_release_it) {
    ASSERT_EQ(acquire({.rate = 40 * giga, .why = "a test"}), 0) << penstock_error();
    EXPECT_EQ(penstock_lease_rate(lease), 40 * giga);
    EXPECT_EQ(agent.leases(), 1U);
    release();
    EXPECT_TRUE(comes_true([&] { return agent.leases() == 0; }));
}

TEST_F(LeaseHolders, make_room_for_each_other_and_are_told) {
    penstock_lease* much = acquired({.rate = 95 * giga, .least = 1});
    EXPECT_EQ(penstock_lease_rate(much), 95 * giga);
    penstock_lease* other =
        acquired({.rate = 50 * giga, .least = 40 * giga, .wait_usec = 10'000'000});
    wait_for_rate(much, 47'500'000'000);
    wait_for_rate(other, 47'500'000'000);
    penstock_lease_release(other);
    wait_for_rate(much, 95 * giga);
    penstock_lease_release(much);
}

TEST_F(LeaseHolders, may_move_nothing_after_the_agent_has_ended_their_lease) {
    ASSERT_EQ(acquire({.rate = 40 * giga}), 0) << penstock_error();
    agent.end_first_lease();
    wait_for_rate(lease, 0);
    release();
    EXPECT_EQ(agent.leases(), 0U);
}

TEST_F(LeaseHolders, can_have_all_of_it_alone_again_at_once) {
    for (int turn = 0; turn < 20; ++turn) {
        penstock_lease* alone = acquired({.rate = giga, .exclusive = PENSTOCK_EXCLUSIVE_INSIST});
        ASSERT_NE(alone, nullptr);
        EXPECT_EQ(penstock_lease_rate(alone), 95 * giga);
        penstock_lease_release(alone);
    }
}

TEST_F(LeaseHolders, are_refused_for_what_the_agent_knows) {
    EXPECT_EQ(acquire({.rate = 90 * giga, .least = 90 * giga}), -EBUSY);
    EXPECT_THAT(penstock_error(), HasSubstr("can be promised 76000000000 at most"));
    EXPECT_EQ(acquire({.resource = "disk", .rate = giga}), -EINVAL);
    EXPECT_EQ(acquire({.rate = giga, .lease_class = "best"}), -EINVAL);
    agent.limit({.most = 0, .most_of_a_user = 0});
    EXPECT_EQ(acquire({.rate = giga}), -EAGAIN);
    agent.limit({});
    agent.set_peak({});
    EXPECT_EQ(acquire({.rate = giga}), -ENODATA);
    EXPECT_EQ(lease, nullptr);
}

TEST_F(LeaseHolders, wait_for_others_as_long_as_they_said) {
    Fd others = agent.restore(70 * giga);
    Wish wish{.rate = 60 * giga, .least = 60 * giga};
    EXPECT_EQ(acquire(wish), -EBUSY);
    wish.wait_usec = 20'000'000;
    std::thread waiting([&] { EXPECT_EQ(acquire(wish), 0) << penstock_error(); });
    EXPECT_TRUE(comes_true([&] {
        return agent.ask<std::size_t>([](dbus::LeaseDesk& desk) { return desk.waiting(); }) == 1;
    }));
    others.reset();
    waiting.join();
    EXPECT_EQ(penstock_lease_rate(lease), 60 * giga);
}

TEST_F(LeaseHolders, are_forgotten_when_they_leave_the_bus_while_they_wait) {
    const Fd others = agent.restore(70 * giga);
    const auto waiting = [&] {
        return agent.ask<std::size_t>([](dbus::LeaseDesk& desk) { return desk.waiting(); });
    };
    {
        const Child caller({"busctl",
                            "--address=" + address,
                            "--timeout=60",
                            "call",
                            "org.penstock1",
                            "/org/penstock1",
                            "org.penstock1.Manager",
                            "AcquireLease",
                            "sota{sv}",
                            "dram",
                            "/",
                            "60000000000",
                            "2",
                            "min",
                            "t",
                            "60000000000",
                            "wait-usec",
                            "t",
                            "60000000"});
        EXPECT_TRUE(comes_true([&] { return waiting() == 1; }));
    }
    EXPECT_TRUE(comes_true([&] { return waiting() == 0; }));
    EXPECT_EQ(agent.leases(), 1U) << "that of the others";
}

TEST_F(LeaseHolders, of_several_threads_do_not_wait_for_one_another) {
    std::array<std::thread, 6> threads;
    for (std::thread& thread : threads) {
        thread = std::thread([this] {
            for (int turn = 0; turn < 10; ++turn) {
                penstock_lease* own = acquired({.rate = giga});
                EXPECT_EQ(penstock_lease_rate(own), giga);
                penstock_lease_release(own);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_TRUE(comes_true([&] { return agent.leases() == 0; }));
    EXPECT_LE(idle(), 4U);
}

TEST_F(LeaseHolders, keep_four_connections_for_later_at_most) {
    std::array<penstock_lease*, 6> leases{};
    for (penstock_lease*& each : leases) {
        each = acquired({.rate = giga});
    }
    for (penstock_lease* each : leases) {
        penstock_lease_release(each);
    }
    EXPECT_EQ(idle(), 4U);
}

// A child of the test, with a copy of its client. What it says is its exit status.
template <typename Act>
int status_of_child(Act act) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(act());
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

TEST_F(LeaseHolders, that_are_forked_need_a_client_of_their_own) {
    const int status = status_of_child([this] { return -acquire({.rate = giga}); });
    EXPECT_EQ(status, ECHILD);
    EXPECT_EQ(agent.leases(), 0U);
}

TEST_F(LeaseHolders, that_are_forked_release_their_own_hold_only) {
    ASSERT_EQ(acquire({.rate = 40 * giga}), 0) << penstock_error();
    const int status = status_of_child([this] {
        const bool knows = penstock_lease_rate(lease) == 40 * giga;
        release();
        return knows ? 0 : 1;
    });
    EXPECT_EQ(status, 0);
    EXPECT_EQ(agent.leases(), 1U);
    EXPECT_EQ(penstock_lease_rate(lease), 40 * giga);
    release();
    EXPECT_TRUE(comes_true([&] { return agent.leases() == 0; }));
}

TEST_F(LeaseHolders, that_are_forked_keep_the_lease_when_their_parent_releases_it) {
    ASSERT_EQ(acquire({.rate = 40 * giga}), 0) << penstock_error();
    std::array<int, 2> until{};
    ASSERT_EQ(::pipe2(until.data(), O_CLOEXEC), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(until[1]);
        char nothing = 0;
        ::_exit(static_cast<int>(::read(until[0], &nothing, 1)));
    }
    ::close(until[0]);
    release();
    // The service answers in order: what was told to it before has been heard.
    penstock_lease_release(acquired({.rate = giga}));
    EXPECT_TRUE(comes_true([&] { return agent.leases() == 1; }));
    ::close(until[1]);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_TRUE(comes_true([&] { return agent.leases() == 0; }));
}

}  // namespace
}  // namespace penstock::test
