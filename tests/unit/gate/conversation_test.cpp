// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/conversation.h"

#include <gmock/gmock.h>

#include "tests/unit/gate/machine.h"

namespace penstock::gate {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Talking : public GateOnAMachine {
  protected:
    Result<std::unique_ptr<PointerMoves>> open_ring(Fd ring, Fd slots, const wire::Hello& hello) {
        EXPECT_TRUE(ring && slots);
        if (hello.ring_bytes == 0) {
            return fail("a ring of 0 bytes");
        }
        return std::make_unique<fakes::FakeMoves>();
    }

    void hear(const wire::ToGate& message, int descriptors = 0) {
        std::vector<Fd> attached;
        for (int i = 0; i < descriptors; ++i) {
            attached.push_back(*open_path("/dev/null", O_RDONLY));
        }
        conversation.hear(wire::encode(message), std::move(attached), now);
    }

    Conversation conversation{core,
                              Ports{.debug = &driver,
                                    .tracer = tracer,
                                    .processes = processes,
                                    .outbox = mailbox,
                                    .wakeups = wakeups,
                                    .clock = [this] { return now; }},
                              DeviceFacts{.kfd_major = 1, .kfd_minor = 17, .trouble = ""},
                              [this](Fd ring, Fd slots, const wire::Hello& hello) {
                                  return open_ring(std::move(ring), std::move(slots), hello);
                              }};
};

TEST_F(Talking, answers_hello_with_what_the_device_is) {
    hear(wire::Hello{});
    const auto ready = mailbox.all<wire::Ready>();
    ASSERT_THAT(ready, SizeIs(1));
    EXPECT_EQ(ready[0].kfd_minor, 17U);
    EXPECT_EQ(ready[0].trouble, "");
    EXPECT_EQ(conversation.moves_fd(), -1);
    EXPECT_FALSE(conversation.over());
}

TEST_F(Talking, takes_the_ring_that_comes_with_hello) {
    hear(wire::Hello{.ring_bytes = 4096, .slot_count = 4}, 2);
    EXPECT_EQ(conversation.moves_fd(), 1000);
    EXPECT_THAT(wakeups.watched, testing::ElementsAre(1000));
}

TEST_F(Talking, samples_when_the_ring_can_not_be_opened) {
    hear(wire::Hello{.ring_bytes = 0, .slot_count = 4}, 2);
    EXPECT_EQ(conversation.moves_fd(), -1);
    EXPECT_THAT(mailbox.all<wire::Ready>(), SizeIs(1));
    ASSERT_THAT(mailbox.all<wire::Said>(), SizeIs(1));
    EXPECT_THAT(mailbox.all<wire::Said>()[0].line, HasSubstr("sampled instead"));
}

TEST_F(Talking, ends_when_the_agent_is_of_another_version) {
    hear(wire::Hello{.version = wire::version + 1});
    EXPECT_TRUE(conversation.over());
    EXPECT_THAT(mailbox.all<wire::Ready>().at(0).trouble, HasSubstr("version"));
}

TEST_F(Talking, ignores_everything_before_hello) {
    hear(wire::Ping{.serial = 1});
    hear(wire::Adopt{.owner = urgent, .pid = urgent_pid}, 1);
    EXPECT_THAT(mailbox.all<wire::Pong>(), IsEmpty());
    EXPECT_THAT(mailbox.all<wire::Adopted>(), IsEmpty());
    EXPECT_THAT(mailbox.all<wire::Said>(), SizeIs(2));
}

TEST_F(Talking, ignores_a_second_hello) {
    hear(wire::Hello{});
    hear(wire::Hello{});
    EXPECT_THAT(mailbox.all<wire::Ready>(), SizeIs(1));
    EXPECT_THAT(mailbox.all<wire::Said>(), SizeIs(1));
}

TEST_F(Talking, ignores_garbage) {
    hear(wire::Hello{});
    const std::vector<std::byte> garbage(300, std::byte{0xee});
    conversation.hear(garbage, {}, now);
    conversation.hear({}, {}, now);
    EXPECT_THAT(mailbox.all<wire::Said>(), SizeIs(2));
    hear(wire::Ping{.serial = 2});
    EXPECT_THAT(mailbox.all<wire::Pong>(), SizeIs(1));
}

}  // namespace
}  // namespace penstock::gate
