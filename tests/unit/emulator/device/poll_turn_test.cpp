// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/poll_turn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/emulator/device/device_rig.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

class PollTurns : public testing::Test {
  protected:
    void make_queues(std::uint32_t count) {
        for (std::uint32_t number = 0; number < count; ++number) {
            const QueueName name{.tgid = 1 + number / 8, .number = number % 8};
            const QueueSetup setup{.name = name, .type = kfd::queue_type_compute_aql};
            queues.emplace(name, EmulatedQueue{.setup = setup, .ring = AqlRing(setup, memory)});
        }
    }

    std::vector<QueueName> chosen(TimePoint now = start) {
        std::vector<QueueName> names;
        for (const EmulatedQueue* const queue : turn.next(queues, now)) {
            names.push_back(queue->setup.name);
        }
        return names;
    }

    FakeMemory memory;
    PollTurn::Queues queues;
    PollTurn turn;
};

TEST_F(PollTurns, are_everybodys_while_they_are_few) {
    make_queues(PollTurn::most_looks);
    EXPECT_EQ(chosen().size(), PollTurn::most_looks);
    EXPECT_EQ(chosen().size(), PollTurn::most_looks);
    queues.begin()->second.suspended = true;
    EXPECT_EQ(chosen().size(), PollTurn::most_looks - 1);
}

TEST_F(PollTurns, are_bounded_and_reach_everybody_in_turn) {
    make_queues(512);
    std::set<QueueName> seen;
    for (std::size_t poll = 0; poll < 512 / PollTurn::looks_in_turn; ++poll) {
        const std::vector<QueueName> now = chosen();
        EXPECT_EQ(now.size(), PollTurn::looks_in_turn);
        seen.insert(now.begin(), now.end());
    }
    EXPECT_EQ(seen.size(), 512U);
}

TEST_F(PollTurns, always_reach_who_had_packets_lately) {
    make_queues(512);
    const QueueName busy{.tgid = 30, .number = 3};
    turn.note(busy, start);
    for (int poll = 0; poll < 10; ++poll) {
        EXPECT_THAT(chosen(start + PollTurn::lately), testing::Contains(busy));
    }
    EXPECT_EQ(chosen(start + PollTurn::lately + 1ns).size(), PollTurn::looks_in_turn);
}

TEST_F(PollTurns, stay_bounded_however_many_had_packets) {
    make_queues(512);
    for (const auto& [name, queue] : queues) {
        turn.note(name, start);
        turn.note(name, start);
    }
    EXPECT_EQ(chosen().size(), PollTurn::most_looks);
}

TEST_F(PollTurns, pass_over_queues_that_are_gone_or_held) {
    make_queues(64);
    turn.note({.tgid = 99, .number = 9}, start);
    for (auto& [name, queue] : queues) {
        queue.suspended = name != QueueName{.tgid = 4, .number = 2};
    }
    EXPECT_THAT(chosen(), testing::ElementsAre(QueueName{.tgid = 4, .number = 2}));
    queues.clear();
    EXPECT_THAT(chosen(), testing::IsEmpty());
}

TEST(ManyQueues, start_their_first_packet_within_a_round_of_polls) {
    DeviceRig rig;
    std::vector<ClientQueue*> clients;
    for (std::uint32_t number = 0; number < 512; ++number) {
        clients.push_back(&rig.add_queue({.tgid = 1 + number / 8, .number = number % 8}));
    }
    rig.device->run(start);
    const auto packet = clients.at(500)->submit(10us);
    TimePoint now = start;
    for (int poll = 0; poll < 70 && !clients.at(500)->completed(packet); ++poll) {
        now = rig.device->run(now);
    }
    EXPECT_TRUE(clients.at(500)->completed(packet));
    EXPECT_LE(now, start + 7ms);
}

TEST(ManyQueues, count_the_time_that_saves_and_restores_take) {
    DeviceRig rig({.save_cost = 100us, .restore_cost = 50us});
    ClientQueue& queue = rig.add_queue({.tgid = 1, .number = 0});
    rig.suspend(queue, start);
    rig.suspend(queue, start + 1ms);
    rig.resume(queue, start + 2ms);
    EXPECT_EQ(rig.device->counters().stalled, 150us);
}

}  // namespace
}  // namespace penstock::emulator
