// SPDX-License-Identifier: Apache-2.0
//
// What clients may ask about leases, over the bus.

#include <gmock/gmock.h>

#include "tests/unit/publish/lease_stand.h"

namespace penstock::test {
namespace {

using testing::HasSubstr;

constexpr const char* invalid = "org.freedesktop.DBus.Error.InvalidArgs";

TEST(AcquireLease, gives_a_descriptor_an_object_and_a_rate) {
    LeaseStand stand;
    const Granted lease = stand.acquire({.rate = 40 * giga, .who = "a copy"});
    EXPECT_EQ(lease.path, "/org/penstock1/lease/1");
    EXPECT_EQ(lease.rate, 40 * giga);
    EXPECT_EQ(::fcntl(lease.descriptor.get(), F_GETFL) & O_ACCMODE, O_WRONLY);
    EXPECT_EQ(stand.read(lease.path, lease_interface, "Resource"), "dram");
    EXPECT_EQ(stand.read(lease.path, lease_interface, "Target"), memory_path);
    EXPECT_EQ(stand.read(lease.path, lease_interface, "Who"), "a copy");
    EXPECT_EQ(stand.read(lease.path, lease_interface, "Why"), "");
    EXPECT_EQ(stand.read(lease.path, lease_interface, "BytesPerSecond"), "40000000000");
    EXPECT_EQ(stand.read(lease.path, lease_interface, "UsedBytes"), "18446744073709551615");
    EXPECT_EQ(stand.read(lease.path, lease_interface, "OwnerUID"), std::to_string(::geteuid()));
    EXPECT_EQ(stand.read(lease.path, lease_interface, "OwnerPID"), std::to_string(::getpid()));
    EXPECT_EQ(stand.leased(), "40000000000");
    EXPECT_EQ(stand.leases(), "1");
}

TEST(AcquireLease, takes_the_only_target_there_is) {
    LeaseStand stand;
    const Granted lease = stand.acquire({.target = "/"});
    EXPECT_EQ(stand.read(lease.path, lease_interface, "Target"), memory_path);
}

TEST(AcquireLease, knows_the_links_of_devices_in_both_directions) {
    LeaseStand stand;
    const Granted up = stand.acquire({.rate = 10 * giga, .resource = "pcie-h2d", .target = "/"});
    const Granted down =
        stand.acquire({.rate = 10 * giga, .resource = "pcie-d2h", .target = gpu_path});
    EXPECT_EQ(stand.read(down.path, lease_interface, "Target"), gpu_path);
    EXPECT_EQ(stand.leased(), "0");
    EXPECT_EQ(stand.leases(), "2");
}

// The test is the process that asks, and has queues here.
TEST(AcquireLease, keeps_all_leases_of_a_process_within_its_limit) {
    LeaseStand stand;
    Owner& self = stand.pair.loop.snapshot.owners[0];
    self.pid = static_cast<std::uint32_t>(::getpid());
    self.uid = ::geteuid();
    self.dram_max = BytesPerSecond{10 * giga};
    stand.pair.loop.publish();
    const Granted first = stand.acquire({.rate = 6 * giga});
    EXPECT_EQ(first.rate, 6 * giga);
    const Reply beyond = stand.ask({.rate = 6 * giga});
    EXPECT_EQ(beyond.error_name, "org.penstock1.Error.LeaseDenied");
    EXPECT_THAT(beyond.error_sentence,
                HasSubstr("may have 10000000000 bytes per second of a memory, by its "
                          "DramMaxBytesPerSecond, and 6000000000 are leased or waited for"));
    EXPECT_EQ(stand.acquire({.rate = 6 * giga, .least = giga}).rate, 4 * giga);
    EXPECT_EQ(stand.ask({.rate = giga, .exclusive = true}).error_name,
              "org.penstock1.Error.LeaseDenied");
    EXPECT_TRUE(stand.ask({.rate = 10 * giga, .resource = "pcie-h2d", .target = "/"}).ok());
}

TEST(AcquireLease, refuses_what_makes_no_sense_in_a_sentence) {
    LeaseStand stand;
    const auto refused = [&](const Asked& asked, const std::string& sentence) {
        const Reply reply = stand.ask(asked);
        EXPECT_EQ(reply.error_name, invalid);
        EXPECT_THAT(reply.error_sentence, HasSubstr(sentence));
    };
    refused({.resource = "dr\nam"}, "there is no resource \"dr?am\": there are dram, dram-read");
    refused({.target = "/org/penstock1/memory/00"}, "is no target of this resource");
    refused({.target = gpu_path}, "it has to be one of the objects at /org/penstock1/memory");
    refused({.rate = 0}, "0 bytes per second are out of range");
    refused({.rate = UINT64_MAX}, "a lease is of 1..1000000000000000");
    refused({.rate = 5, .least = 6}, "min is 6, which is more than the 5");
    refused({.wait_usec = 60'000'001}, "a lease is waited for 0..60000000 us");
    refused({.who = "a\x1b[2J"}, "who has characters that can not be printed: \"a?[2J\"");
    refused({.who = std::string(257, 'a')}, "a string is longer than 256 bytes");
    EXPECT_EQ(stand.leases(), "0");
}

TEST(AcquireLease, names_the_options_there_are) {
    LeaseStand stand;
    const Reply reply =
        stand.pair.call(root_path, manager_interface, "AcquireLease", [](sd_bus_message* message) {
            sd_bus_message_append(message,
                                  "sota{sv}",
                                  "dram",
                                  "/",
                                  std::uint64_t{1},
                                  1,
                                  "mim",
                                  "t",
                                  std::uint64_t{1});
        });
    EXPECT_EQ(reply.error_name, invalid);
    EXPECT_THAT(reply.error_sentence, HasSubstr("there is no option \"mim\": there are min"));
}

TEST(AcquireLease, says_that_nobody_knows_the_peak) {
    BusPair pair;
    const Reply reply =
        pair.call(root_path, manager_interface, "AcquireLease", [](sd_bus_message* message) {
            LeaseStand::fill(message, {});
        });
    EXPECT_EQ(reply.error_name, "org.penstock1.Error.Degraded");
    EXPECT_EQ(reply.error_sentence,
              "nobody knows what /org/penstock1/memory/0 can move: penstockctl calibrate measures "
              "it, and DramPeak= says it");
}

TEST(AcquireLease, refuses_what_does_not_fit_and_is_not_waited_for) {
    LeaseStand stand;
    const Granted first = stand.acquire({.rate = 70 * giga});
    const Reply reply = stand.ask({.rate = 30 * giga});
    EXPECT_EQ(reply.error_name, "org.penstock1.Error.LeaseDenied");
    EXPECT_THAT(reply.error_sentence, HasSubstr("70000000000 of the 95000000000 bytes per second"));
    EXPECT_EQ(stand.leased(), "70000000000");
    const Reply never = stand.ask({.rate = 77 * giga, .wait_usec = 1'000'000});
    EXPECT_THAT(never.error_sentence, HasSubstr("can be promised 76000000000 at most"));
}

TEST(AcquireLease, grants_a_part_of_what_is_asked_for_where_less_is_of_use) {
    LeaseStand stand;
    const Granted first = stand.acquire({.rate = 70 * giga});
    const Granted part = stand.acquire({.rate = 50 * giga, .least = 5 * giga});
    EXPECT_EQ(part.rate, 25 * giga);
    EXPECT_EQ(stand.leased(), "95000000000");
}

TEST(AcquireLease, follows_the_class_and_weight_of_the_process_that_asks) {
    LeaseStand stand;
    Owner& owner = stand.pair.loop.snapshot.owners[0];
    owner.pid = static_cast<std::uint32_t>(::getpid());
    owner.uid = ::geteuid();
    owner.command = "copier";
    owner.service_class = ServiceClass::latency;
    stand.pair.loop.publish();
    const Granted critical = stand.acquire({.rate = 90 * giga});
    EXPECT_EQ(critical.rate, 90 * giga) << "of which others can be promised 76 at most";
    EXPECT_EQ(stand.read(critical.path, lease_interface, "Who"), "copier");
}

TEST(ListLeases, has_a_row_for_each) {
    LeaseStand stand;
    const Granted one = stand.acquire({.rate = 2 * giga, .who = "one"});
    const Granted two = stand.acquire({.rate = 3 * giga, .resource = "dram-read", .who = "two"});
    const Reply reply = stand.pair.call(root_path, manager_interface, "ListLeases");
    ASSERT_TRUE(reply.ok());
    const std::string uid = std::to_string(::geteuid());
    EXPECT_EQ(text_at(reply.message.get()),
              "[(/org/penstock1/lease/1, 2000000000, 18446744073709551615, " + uid +
                  ", dram, one), (/org/penstock1/lease/2, 3000000000, 18446744073709551615, " +
                  uid + ", dram-read, two)]");
}

TEST(Release, ends_the_lease_whoever_has_the_descriptor) {
    LeaseStand stand;
    const Granted lease = stand.acquire({.rate = 40 * giga});
    EXPECT_TRUE(stand.pair.call(lease.path, lease_interface, "Release").ok());
    EXPECT_EQ(stand.leased(), "0");
    EXPECT_EQ(stand.pair.call(lease.path, lease_interface, "Release").error_name,
              "org.freedesktop.DBus.Error.UnknownObject");
}

TEST(Introspection, of_a_lease_is_in_the_tree) {
    LeaseStand stand;
    const Granted lease = stand.acquire({});
    const Reply reply = stand.pair.call(
        "/org/penstock1/lease", "org.freedesktop.DBus.Introspectable", "Introspect");
    EXPECT_THAT(text_at(reply.message.get()), HasSubstr("<node name=\"1\"/>"));
}

}  // namespace
}  // namespace penstock::test
