// SPDX-License-Identifier: Apache-2.0

#include "policies/shield.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/fakes/machine.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using fakes::Machine;
using testing::ElementsAre;
using testing::IsEmpty;

// Owner 1 is protected; 2, 3 and 4 may wait, and 3 does the most.
class Room {
  public:
    Room() {
        Machine machine;
        for (std::uint64_t id = 1; id <= 4; ++id) {
            machine.owner(id).queue(id);
        }
        seen = machine.at(10s);
        seen.devices.push_back({.gpu = fakes::first_gpu, .apu = true});
        seen.memory.push_back({});
        seen.owners[0].service_class = ServiceClass::latency;
        for (std::size_t at = 1; at < 4; ++at) {
            seen.owners[at].service_class = ServiceClass::batch;
            seen.owners[at].use.gpu_share.value = at == 2 ? 0.9 : 0.2;
        }
    }

    // Those that are held back, a tenth of a second later.
    std::vector<std::uint64_t> at(std::optional<double> utilization) {
        seen.now += 100ms;
        seen.memory[0].utilization.value = utilization;
        seen.memory[0].utilization.taken = seen.now;
        return again();
    }

    std::vector<std::uint64_t> again() {
        std::vector<std::uint64_t> held;
        for (const RankedOwner& place : shield.decide(seen).orders.at(0).owners) {
            if (place.budget.hard) {
                held.push_back(place.owner.value);
            }
        }
        return held;
    }

    Shield shield{{}};
    Snapshot seen;
};

TEST(Shield, holds_back_the_heaviest_first_and_one_at_a_time) {
    Room room;
    EXPECT_THAT(room.at(0.89), IsEmpty());
    EXPECT_THAT(room.at(0.95), ElementsAre(3));
    EXPECT_THAT(room.again(), ElementsAre(3)) << "no time has passed";
    EXPECT_THAT(room.at(0.95), ElementsAre(2, 3));
    EXPECT_THAT(room.at(0.95), ElementsAre(2, 3, 4));
    EXPECT_THAT(room.at(0.95), ElementsAre(2, 3, 4)) << "never who is protected";
}

TEST(Shield, lets_go_the_latest_first_and_only_well_below_the_bound) {
    Room room;
    room.at(0.95);
    room.at(0.95);
    EXPECT_THAT(room.at(0.87), ElementsAre(2, 3));
    EXPECT_THAT(room.at(0.76), ElementsAre(3));
    EXPECT_THAT(room.at(0.84), IsEmpty());
}

TEST(Shield, lets_nobody_go_who_would_be_held_back_again) {
    Room room;
    room.at(0.95);
    EXPECT_THAT(room.at(0.40), ElementsAre(3)) << "it takes 0.55 of it";
    EXPECT_THAT(room.at(0.31), ElementsAre(3));
    EXPECT_THAT(room.at(0.29), IsEmpty());
}

TEST(Shield, looks_again_after_a_time) {
    Room room;
    room.at(0.95);
    for (int step = 0; step < 99; ++step) {
        EXPECT_THAT(room.at(0.40), ElementsAre(3)) << step;
    }
    EXPECT_THAT(room.at(0.40), IsEmpty());
    EXPECT_THAT(room.at(0.95), ElementsAre(3));
}

TEST(Shield, goes_by_the_mean_of_a_step) {
    Room room;
    room.at(0.5);
    for (const double share : {1.0, 0.7, 1.0, 0.7}) {
        room.seen.now += 20ms;
        room.seen.memory[0].utilization = {.value = share, .taken = room.seen.now};
        EXPECT_THAT(room.again(), IsEmpty());
    }
    EXPECT_THAT(room.at(0.8), IsEmpty()) << "0.84 in the mean";
}

TEST(Shield, allows_who_is_held_back_a_tenth_of_the_time) {
    Room room;
    room.at(0.95);
    const RankedOwner& place = room.shield.decide(room.seen).orders.at(0).owners.at(2);
    EXPECT_EQ(place.budget, (Budget{.amount = 10ms, .period = 100ms, .hard = true}));
}

TEST(Shield, holds_nobody_back_on_a_guess) {
    for (const Confidence confidence : {Confidence::derived, Confidence::heuristic}) {
        Room room;
        room.at(0.95);
        room.seen.memory[0].utilization.confidence = confidence;
        EXPECT_THAT(room.at(0.95), IsEmpty());
    }
    Room room;
    room.at(0.95);
    EXPECT_THAT(room.at(std::nullopt), IsEmpty());
}

TEST(Shield, holds_nobody_back_by_an_old_measurement) {
    Room room;
    room.at(0.95);
    room.seen.now += 2s;
    EXPECT_THAT(room.again(), IsEmpty());
}

TEST(Shield, holds_nobody_back_where_nobody_is_protected) {
    Room room;
    room.seen.owners[0].service_class = ServiceClass::normal;
    EXPECT_THAT(room.at(0.99), IsEmpty());
}

TEST(Shield, leaves_devices_with_memory_of_their_own_alone) {
    Room room;
    room.seen.devices[0].apu = false;
    EXPECT_THAT(room.at(0.99), IsEmpty());
}

TEST(Shield, stays_as_it_is_at_its_bounds_and_between_them) {
    Room room;
    EXPECT_THAT(room.at(0.90), IsEmpty()) << "not above the upper one";
    EXPECT_THAT(room.at(0.91), ElementsAre(3));
    EXPECT_THAT(room.at(0.85), ElementsAre(3)) << "not below the lower one";
    EXPECT_THAT(room.at(0.791), ElementsAre(3)) << "it would be at the lower one with it";
    EXPECT_THAT(room.at(0.78), IsEmpty());
}

TEST(Shield, lets_go_at_once_who_need_not_wait_any_more) {
    Room room;
    room.at(0.95);
    room.at(0.95);
    room.seen.owners[2].service_class = ServiceClass::normal;
    EXPECT_THAT(room.again(), ElementsAre(2)) << "and waits for no step";
    room.seen.owners[1].service_class = ServiceClass::idle;
    EXPECT_THAT(room.again(), ElementsAre(2)) << "idle is no better than batch";
}

TEST(Shield, goes_by_the_busiest_of_several_memories) {
    Room room;
    room.seen.memory.push_back(
        {.number = 1, .utilization = {.value = 0.99, .taken = room.seen.now + 100ms}});
    EXPECT_THAT(room.at(0.1), ElementsAre(3));
}

TEST(Shield, holds_back_no_more_than_it_can_remember_and_lets_all_of_them_go) {
    Room room;
    Machine machine;
    for (std::uint64_t id = 1; id <= 70; ++id) {
        machine.owner(id).queue(id);
    }
    const Snapshot crowd = machine.at(10s);
    room.seen.owners = crowd.owners;
    room.seen.queues = crowd.queues;
    for (Owner& owner : room.seen.owners) {
        owner.service_class = ServiceClass::idle;
    }
    room.seen.owners[0].service_class = ServiceClass::latency;
    for (std::size_t step = 1; step <= 70; ++step) {
        const std::vector<std::uint64_t> held = room.at(1.0);
        ASSERT_EQ(held.size(), std::min(step, Shield::most_held_back));
        EXPECT_EQ(held.back(), held.size() + 1) << "unknown shares are alike: the first come first";
    }
    for (std::size_t left = Shield::most_held_back; left > 0; --left) {
        ASSERT_EQ(room.at(0.1).size(), left - 1);
    }
}

TEST(Shield, forgets_who_is_gone) {
    Room room;
    room.at(0.95);
    room.seen.owners.erase(room.seen.owners.begin() + 2);
    room.seen.queues.erase(room.seen.queues.begin() + 2);
    EXPECT_THAT(room.at(0.87), IsEmpty());
}

}  // namespace
}  // namespace penstock
