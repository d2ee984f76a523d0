// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/written_rings.h"

#include <gtest/gtest.h>

#include "tests/unit/emulator/device/device_rig.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

class WrittenRings : public testing::Test {
  protected:
    // Its ring has been looked at once.
    ClientQueue& add(QueueName name) {
        ClientQueue& client = clients.emplace_back(memory, name);
        EmulatedQueue& queue = queues
                                   .emplace(name,
                                            EmulatedQueue{.setup = client.setup(),
                                                          .ring = AqlRing(client.setup(), memory)})
                                   .first->second;
        static_cast<void>(queue.ring.peek());
        idle.emplace(name, &queue);
        return client;
    }

    std::vector<QueueName> to_look_at() {
        std::vector<QueueName> names;
        for (const EmulatedQueue* const queue : see_rings(memory, idle).to_look_at) {
            names.push_back(queue->setup.name);
        }
        return names;
    }

    FakeMemory memory;
    std::deque<ClientQueue> clients;
    std::map<QueueName, EmulatedQueue> queues;
    std::map<QueueName, EmulatedQueue*> idle;
};

TEST_F(WrittenRings, are_those_with_packets) {
    add({.tgid = 1, .number = 0});
    add({.tgid = 1, .number = 1}).submit(1us);
    add({.tgid = 2, .number = 0}).submit(1us);
    add({.tgid = 2, .number = 1});
    EXPECT_EQ(to_look_at(),
              (std::vector<QueueName>{{.tgid = 1, .number = 1}, {.tgid = 2, .number = 0}}));
    EXPECT_EQ(see_rings(memory, idle).empty.size(), 2U);
}

TEST_F(WrittenRings, include_those_of_which_nothing_could_be_learnt) {
    add({.tgid = 1, .number = 0});
    const ClientQueue& gone = add({.tgid = 1, .number = 1});
    add({.tgid = 1, .number = 2});
    memory.unmap(1, gone.counters());
    EXPECT_EQ(to_look_at(),
              (std::vector<QueueName>{{.tgid = 1, .number = 1}, {.tgid = 1, .number = 2}}));
}

TEST_F(WrittenRings, are_found_among_more_than_can_be_read_together) {
    for (std::uint32_t number = 0; number <= ClientMemory::most_words; ++number) {
        add({.tgid = 1, .number = number});
    }
    add({.tgid = 1, .number = 500}).submit(1us);
    EXPECT_EQ(to_look_at(), (std::vector<QueueName>{{.tgid = 1, .number = 500}}));
    EXPECT_EQ(see_rings(memory, idle).empty.size(), ClientMemory::most_words + 1);
}

}  // namespace
}  // namespace penstock::emulator
