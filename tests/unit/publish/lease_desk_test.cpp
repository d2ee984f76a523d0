// SPDX-License-Identifier: Apache-2.0
//
// How leases end, are waited for, announced, and outlive the agent.

#include "agent/publish/lease_desk.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "tests/unit/publish/lease_stand.h"

namespace penstock::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;

// Serves until the condition holds.
template <typename Holds>
void serve_until(LeaseStand& stand, Holds holds) {
    for (int round = 0; round < 1000 && !holds(); ++round) {
        sd_event_run(stand.pair.event(), 20'000);
    }
    EXPECT_TRUE(holds());
}

struct Ends {
    Ends() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
        reader = Fd(ends[0]);
        writer = Fd(ends[1]);
    }

    Fd reader{};
    Fd writer{};
};

class ListKeeper final : public LeaseKeeper {
  public:
    std::vector<std::string> told{};

    void keep(const KeptLease& lease, const Fd& descriptor) override {
        told.push_back("keep " + std::to_string(lease.number) + " of " +
                       std::to_string(lease.promise) + (descriptor ? "" : " without descriptor"));
    }

    void forget(std::uint32_t number) override {
        told.push_back("forget " + std::to_string(number));
    }
};

TEST(LeaseDesk, ends_a_lease_with_the_last_copy_of_its_descriptor) {
    LeaseStand stand;
    Granted lease = stand.acquire({.rate = 40 * giga});
    Fd copy(::fcntl(lease.descriptor.get(), F_DUPFD_CLOEXEC, 3));
    lease.descriptor.reset();
    EXPECT_EQ(stand.leased(), "40000000000");
    copy.reset();
    EXPECT_EQ(stand.leased(), "0");
    EXPECT_EQ(stand.leases(), "0");
}

TEST(LeaseDesk, grants_the_next_when_a_holder_is_gone) {
    LeaseStand stand;
    Granted first = stand.acquire({.rate = 70 * giga});
    // The answer comes when the descriptor is closed, in the same loop.
    sd_event_source* raw = nullptr;
    sd_event_add_defer(
        stand.pair.event(),
        &raw,
        [](sd_event_source* /*source*/, void* userdata) {
            static_cast<Granted*>(userdata)->descriptor.reset();
            return 0;
        },
        &first);
    const std::unique_ptr<sd_event_source, dbus::Releases<&sd_event_source_disable_unref>> defer(
        raw);
    const Granted second = stand.acquire({.rate = 60 * giga, .wait_usec = 20'000'000});
    EXPECT_EQ(second.rate, 60 * giga);
    EXPECT_EQ(stand.leased(), "60000000000");
}

TEST(LeaseDesk, refuses_who_has_waited_for_long_enough) {
    LeaseStand stand;
    const Granted first = stand.acquire({.rate = 70 * giga});
    const Reply reply = stand.ask({.rate = 60 * giga, .wait_usec = 15'000});
    EXPECT_EQ(reply.error_name, "org.penstock1.Error.LeaseDenied");
    EXPECT_EQ(stand.pair.service().leases().waiting(), 0U);
    EXPECT_EQ(stand.leases(), "1");
}

TEST(LeaseDesk, shifts_what_is_above_the_least_for_others) {
    LeaseStand stand;
    const Granted elastic = stand.acquire({.rate = 95 * giga, .least = 1});
    EXPECT_EQ(elastic.rate, 95 * giga);
    const Granted other =
        stand.acquire({.rate = 50 * giga, .least = 40 * giga, .wait_usec = 20'000'000});
    EXPECT_GE(other.rate, 40 * giga);
    serve_until(stand, [&] {
        return stand.read(elastic.path, lease_interface, "BytesPerSecond") == "47500000000";
    });
    EXPECT_EQ(stand.leased(), "95000000000");
}

TEST(LeaseDesk, lets_nobody_wait_for_himself) {
    LeaseStand stand;
    const Granted alone = stand.acquire({.rate = 20 * giga, .exclusive = true, .insist = true});
    EXPECT_EQ(alone.rate, 95 * giga);
    const Reply itself = stand.ask({.rate = giga});
    EXPECT_THAT(itself.error_sentence, testing::HasSubstr("would wait for itself"));
}

TEST(LeaseDesk, announces_objects_as_they_come_and_go) {
    LeaseStand stand;
    Granted lease = stand.acquire({.rate = 40 * giga});
    stand.pair.loop.advance(std::chrono::seconds(2));
    EXPECT_THAT(stand.pair.heard(),
                AllOf(Contains(Heard{.member = "InterfacesAdded",
                                     .path = lease.path,
                                     .names = {"org.freedesktop.DBus.Peer",
                                               "org.freedesktop.DBus.Introspectable",
                                               "org.freedesktop.DBus.Properties",
                                               "org.penstock1.Lease"}}),
                      Contains(Heard{.member = "PropertiesChanged",
                                     .path = memory_path,
                                     .names = {"LeasedBytesPerSecond"}})));
    lease.descriptor.reset();
    stand.leases();
    stand.pair.loop.advance(std::chrono::seconds(2));
    EXPECT_THAT(
        stand.pair.heard(),
        Contains(Heard{.member = "PropertiesChanged", .path = root_path, .names = {"NLeases"}}));
}

TEST(LeaseDesk, says_nothing_of_what_ends_before_the_next_look) {
    LeaseStand stand;
    Granted lease = stand.acquire({.rate = 40 * giga});
    EXPECT_EQ(stand.read(lease.path, lease_interface, "BytesPerSecond"), "40000000000");
    lease.descriptor.reset();
    EXPECT_EQ(stand.leases(), "0");
    stand.pair.loop.publish();
    const auto of_objects = testing::Field(&Heard::member, testing::StartsWith("Interfaces"));
    EXPECT_THAT(stand.pair.heard(), Not(Contains(of_objects)));
}

TEST(LeaseDesk, keeps_leases_for_the_next_agent_and_forgets_them_with_their_end) {
    LeaseStand stand;
    ListKeeper keeper;
    stand.pair.service().leases().keep_with(keeper);
    Granted lease = stand.acquire({.rate = 40 * giga});
    stand.pair.loop.advance(dbus::LeaseDesk::lasting);
    stand.pair.loop.advance(dbus::LeaseDesk::lasting);
    EXPECT_THAT(keeper.told, ElementsAre("keep 1 of 40000000000"));
    lease.descriptor.reset();
    EXPECT_EQ(stand.leases(), "0");
    EXPECT_THAT(keeper.told, ElementsAre("keep 1 of 40000000000", "forget 1"));
}

TEST(LeaseDesk, keeps_none_that_do_not_last) {
    LeaseStand stand;
    ListKeeper keeper;
    stand.pair.service().leases().keep_with(keeper);
    Granted lease = stand.acquire({.rate = 40 * giga});
    stand.pair.loop.advance(dbus::LeaseDesk::lasting - std::chrono::milliseconds(1));
    lease.descriptor.reset();
    EXPECT_EQ(stand.leases(), "0");
    EXPECT_THAT(keeper.told, testing::IsEmpty());
}

TEST(LeaseDesk, goes_on_with_what_a_former_agent_has_granted) {
    LeaseStand stand;
    Ends pipe;
    const KeptLease kept{.number = 9,
                         .resource = LeaseResource::dram_write,
                         .wish = {.party = {.uid = 1000, .pid = 4242}, .want = 30 * giga},
                         .promise = 30 * giga,
                         .who = "a copy"};
    dbus::LeaseDesk& desk = stand.pair.service().leases();
    EXPECT_TRUE(desk.restore(kept, std::move(pipe.reader)));
    EXPECT_FALSE(desk.restore(kept, Fd())) << "it is there already";
    EXPECT_EQ(stand.leased(), "30000000000");
    EXPECT_EQ(stand.read("/org/penstock1/lease/9", lease_interface, "Who"), "a copy");
    pipe.writer.reset();
    EXPECT_EQ(stand.leased(), "0");
}

TEST(LeaseDesk, ends_a_restored_lease_whose_holder_went_meanwhile) {
    LeaseStand stand;
    Ends pipe;
    pipe.writer.reset();
    EXPECT_TRUE(stand.pair.service().leases().restore(
        {.number = 9, .wish = {.want = giga}, .promise = giga}, std::move(pipe.reader)));
    EXPECT_EQ(stand.leased(), "0");
}

TEST(LeaseDesk, goes_on_with_no_more_than_there_may_be) {
    LeaseStand stand;
    stand.pair.service().limit_leases({.most = 1, .most_of_a_user = 1}, 1);
    dbus::LeaseDesk& desk = stand.pair.service().leases();
    Ends first;
    Ends second;
    const auto kept = [](std::uint32_t number) {
        return KeptLease{.number = number, .wish = {.want = giga}, .promise = giga};
    };
    EXPECT_FALSE(desk.restore(kept(0), std::move(first.reader))) << "it would have no object";
    EXPECT_TRUE(desk.restore(kept(8), std::move(second.reader)));
    Ends third;
    EXPECT_FALSE(desk.restore(kept(9), std::move(third.reader)));
    EXPECT_EQ(stand.leases(), "1");
    EXPECT_EQ(stand.leased(), "1000000000");
}

TEST(LeaseDesk, leaves_nothing_of_a_restored_lease_whose_descriptor_can_not_be_watched) {
    LeaseStand stand;
    EXPECT_FALSE(stand.pair.service().leases().restore(
        {.number = 9, .wish = {.want = giga}, .promise = giga}, Fd()));
    EXPECT_EQ(stand.leases(), "0");
    EXPECT_EQ(stand.leased(), "0");
    EXPECT_EQ(stand.acquire({.rate = 76 * giga}).rate, 76 * giga) << "all of it is free";
}

TEST(LeaseDesk, numbers_later_leases_past_those_of_the_former_agent) {
    LeaseStand stand;
    Ends pipe;
    ASSERT_TRUE(stand.pair.service().leases().restore(
        {.number = 41, .wish = {.want = giga}, .promise = giga}, std::move(pipe.reader)));
    EXPECT_EQ(stand.acquire({}).path, "/org/penstock1/lease/42");
}

TEST(LeaseDesk, makes_an_exclusive_lease_that_others_wait_for_an_ordinary_one) {
    LeaseStand stand;
    Ends pipe;
    ASSERT_TRUE(stand.pair.service().leases().restore(
        {.number = 9,
         .wish = {.party = {.uid = 7, .pid = 1}, .want = 20 * giga, .exclusive = true},
         .promise = 95 * giga},
        std::move(pipe.reader)));
    EXPECT_EQ(stand.leased(), "95000000000");
    const Granted other = stand.acquire({.rate = 30 * giga, .wait_usec = 20'000'000});
    EXPECT_EQ(other.rate, 30 * giga);
    EXPECT_EQ(stand.read("/org/penstock1/lease/9", lease_interface, "BytesPerSecond"),
              "20000000000");
}

TEST(LeaseDesk, counts_what_the_lease_s_process_moves) {
    LeaseStand stand;
    stand.pair.loop.snapshot.owners[0].use.dram = {.value = BytesPerSecond{giga},
                                                   .source = "a test"};
    Ends pipe;
    ASSERT_TRUE(stand.pair.service().leases().restore(
        {.number = 9, .wish = {.party = {.uid = 1000, .pid = 4242}, .want = giga}, .promise = giga},
        std::move(pipe.reader)));
    stand.pair.loop.advance(std::chrono::seconds(1));
    stand.pair.loop.advance(std::chrono::seconds(2));
    EXPECT_EQ(stand.pair.get_text("/org/penstock1/lease/9", lease_interface, "UsedBytes"),
              "3000000000");
}

TEST(LeaseDesk, holds_no_more_leases_than_its_bound) {
    LeaseStand stand;
    stand.pair.service().limit_leases({.most = 2, .most_of_a_user = 1}, 0.5);
    std::vector<Granted> leases;
    leases.reserve(2);
    for (int i = 0; i < 2; ++i) {
        leases.push_back(stand.acquire({}));
    }
    const Reply reply = stand.ask({.wait_usec = 1'000'000});
    EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.LimitsExceeded");
    EXPECT_EQ(reply.error_sentence, "2 leases are held or waited for, and there can not be more");
}

}  // namespace
}  // namespace penstock::test
