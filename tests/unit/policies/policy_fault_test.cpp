// SPDX-License-Identifier: Apache-2.0

#include "policies/policy_fault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/catalogue.h"
#include "tests/fakes/machine.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using fakes::Machine;
using testing::HasSubstr;

constexpr GpuId gpu{51432};

// Owner 1 with a queue, owner 2 with another one, who is exempt.
Snapshot machine() {
    return Machine().owner(1).queue(1, gpu).owner(2, {.preemptible = false}).queue(2, gpu).at(10s);
}

Decision sound() {
    return {.orders = {
                {.gpu = gpu,
                 .owners = {{.owner = OwnerId{1}}, {.owner = OwnerId{2}, .preemptible = false}}}}};
}

// Of the first owner's place after this change.
template <typename Change>
std::optional<FaultKind> fault_after(Change change) {
    Decision wished = sound();
    change(wished.orders[0].owners[0]);
    const auto fault = fault_in(wished, machine());
    return fault ? std::optional(fault->kind) : std::nullopt;
}

TEST(PolicyFault, is_none_in_a_sound_decision) {
    EXPECT_EQ(fault_in(sound(), machine()), std::nullopt);
    EXPECT_EQ(fault_in({}, machine()), std::nullopt);
    EXPECT_EQ(fault_in({}, {}), std::nullopt);
}

TEST(PolicyFault, is_none_in_what_is_left_to_the_guard) {
    Decision wished = sound();
    wished.orders[0].longest_suspension = Duration::max();
    wished.orders[0].run_window = 0s;
    wished.orders[0].suspension_burst = 0;
    EXPECT_EQ(fault_in(wished, machine()), std::nullopt);
    std::ranges::reverse(wished.orders[0].owners);
    EXPECT_EQ(fault_in(wished, machine()), std::nullopt) << "the guard sorts";
}

TEST(PolicyFault, is_two_orders_for_a_device) {
    Decision wished = sound();
    wished.orders.push_back({.gpu = GpuId{1}});
    wished.orders.push_back(wished.orders[0]);
    EXPECT_EQ(fault_in(wished, machine())->kind, FaultKind::two_orders);
}

TEST(PolicyFault, is_two_places_of_an_owner) {
    Decision wished = sound();
    wished.orders[0].owners.push_back({.owner = OwnerId{1}, .rank = 5});
    EXPECT_EQ(*fault_in(wished, machine()),
              (PolicyFault{.kind = FaultKind::two_places, .gpu = gpu}));
}

TEST(PolicyFault, is_a_place_that_no_owner_may_have) {
    EXPECT_EQ(fault_after([](RankedOwner&) {}), std::nullopt);
    EXPECT_EQ(fault_after([](RankedOwner& place) { place.owner = OwnerId{0}; }),
              FaultKind::stranger);
    EXPECT_EQ(fault_after([](RankedOwner& place) { place.held_until = TimePoint(11s); }),
              FaultKind::unasked_hold);
    EXPECT_EQ(fault_after([](RankedOwner& place) { place.levers.queue_priority = 16; }),
              FaultKind::absurd_lever);
    EXPECT_EQ(fault_after([](RankedOwner& place) { place.levers.units.count = 1025; }),
              FaultKind::absurd_lever);
    EXPECT_EQ(fault_after([](RankedOwner& place) { place.share = 0; }), FaultKind::absurd_share);
    EXPECT_EQ(fault_after([](RankedOwner& place) { place.share = 10'001; }),
              FaultKind::absurd_share);
    EXPECT_EQ(fault_after([](RankedOwner& place) { place.budget.period = -1ns; }),
              FaultKind::absurd_duration);
    EXPECT_EQ(fault_after([](RankedOwner& place) { place.quantum = Duration::min(); }),
              FaultKind::absurd_duration);
}

TEST(PolicyFault, is_to_suspend_who_is_exempt) {
    Decision wished = sound();
    wished.orders[0].owners[1].preemptible = true;
    const Snapshot seen = machine();
    const auto fault = fault_in(wished, seen);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, FaultKind::exempt);
    EXPECT_EQ(sentence_of(*fault, seen),
              "the policy would suspend a process that is exempt: pid " +
                  std::to_string(seen.owners.at(1).pid) +
                  " on device 51432; the guard does not let it");
}

TEST(PolicyFault, is_to_hold_a_queue_that_nobody_asked_to_hold) {
    Decision wished = sound();
    wished.orders[0].held_queues = {{.owner = OwnerId{1}, .queue = 1, .until = TimePoint(11s)}};
    EXPECT_EQ(fault_in(wished, machine())->kind, FaultKind::unasked_hold);
    Snapshot asked = machine();
    asked.queues.at(0).held_until = TimePoint(11s);
    EXPECT_EQ(fault_in(wished, asked), std::nullopt);
}

TEST(PolicyFault, has_a_sentence_of_each_kind) {
    for (int number = 0; number <= static_cast<int>(FaultKind::absurd_duration); ++number) {
        const PolicyFault fault{
            .kind = static_cast<FaultKind>(number), .gpu = gpu, .owner = OwnerId{77}, .why = "x"};
        const std::string sentence = sentence_of(fault, {});
        EXPECT_TRUE(sentence.starts_with("the policy ")) << sentence;
        EXPECT_THAT(sentence, Not(HasSubstr("contradicts itself"))) << "a kind has no words";
    }
}

TEST(PolicyFault, is_in_no_policy_that_is_shipped) {
    Snapshot seen = machine();
    seen.owners.at(0).held_until = TimePoint(11s);
    seen.owners.at(0).deadline = 5ms;
    seen.owners.at(0).priority = -20;
    for (const CatalogueEntry& entry : catalogue()) {
        const auto policy = make_policy(entry.name, {});
        ASSERT_TRUE(policy);
        EXPECT_EQ(fault_in((*policy)->decide(seen), seen), std::nullopt) << entry.name;
    }
}

}  // namespace
}  // namespace penstock
