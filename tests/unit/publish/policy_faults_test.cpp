// SPDX-License-Identifier: Apache-2.0
//
// What the bus is told of a policy with a bug.

#include "agent/publish/policy_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// With its first owner.
const PolicyFault fault{.kind = FaultKind::exempt, .gpu = sample_gpu, .owner = OwnerId{1}};

void publish(BusPair& pair, const std::optional<PolicyFault>& with, Duration after = {}) {
    pair.loop.snapshot.now += after;
    pair.service().publish(pair.loop.snapshot, {.fault = with});
}

std::vector<Heard> faults(BusPair& pair) {
    std::vector<Heard> heard = pair.heard();
    std::erase_if(heard, [](const Heard& each) { return each.member != "PolicyFault"; });
    return heard;
}

TEST(PolicyFaults, name_the_policy_and_say_what_it_did) {
    BusPair pair;
    publish(pair, fault);
    EXPECT_THAT(faults(pair),
                ElementsAre(Heard{"PolicyFault",
                                  "",
                                  {"fixed-priority",
                                   "the policy would suspend a process that is exempt: pid 4242 "
                                   "on device 51432; the guard does not let it"}}));
}

TEST(PolicyFaults, are_told_again_only_after_a_while) {
    BusPair pair;
    for (int tick = 0; tick < 1000; ++tick) {
        publish(pair, fault, milliseconds(10));
    }
    EXPECT_THAT(faults(pair), SizeIs(1));
    publish(pair, fault, seconds(1));
    EXPECT_THAT(faults(pair), SizeIs(1));
}

TEST(PolicyFaults, that_differ_are_told_at_once_but_not_without_bound) {
    BusPair pair;
    publish(pair, std::nullopt, seconds(2));
    PolicyFault other = fault;
    for (std::uint64_t owner = 1; owner <= 100; ++owner) {
        other.owner = OwnerId{owner};
        publish(pair, other);
    }
    EXPECT_THAT(faults(pair), SizeIs(dbus::SignalBudget::per_second));
}

TEST(PolicyFaults, that_did_not_happen_are_not_told) {
    BusPair pair;
    publish(pair, std::nullopt);
    EXPECT_THAT(faults(pair), IsEmpty());
}

TEST(PolicyFaults, pass_on_no_foreign_bytes) {
    BusPair pair;
    publish(pair, PolicyFault{.kind = FaultKind::failed, .why = "\x1b[2Jno\n"});
    EXPECT_THAT(
        faults(pair),
        ElementsAre(Heard{"PolicyFault",
                          "",
                          {"fixed-priority", "the policy failed, and everybody runs: ?[2Jno?"}}));
}

TEST(PolicyFaults, keep_a_policy_from_being_set) {
    BusPair pair;
    pair.loop.failure = Error{.code = EPROTO, .doing = "the policy failed"};
    const Reply reply =
        pair.set("/org/penstock1", "org.penstock1.Manager", "Policy", "s", "round-robin");
    EXPECT_EQ(reply.error_name, "org.penstock1.Error.PolicyFault");
    EXPECT_EQ(reply.error_sentence, "the policy failed");
    EXPECT_EQ(pair.get_text("/org/penstock1", "org.penstock1.Manager", "Policy"), "fixed-priority");
}

}  // namespace
}  // namespace penstock::test
