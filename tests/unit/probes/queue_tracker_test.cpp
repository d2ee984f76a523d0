// SPDX-License-Identifier: Apache-2.0

#include "agent/queue_tracker.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace penstock {
namespace {

// A pipe's read end stands in for a pidfd: readable once the "process" has hung up.
struct FakeProcess {
    explicit FakeProcess(std::uint32_t number) : pid(number) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe(ends.data()), 0);
        read_end = Fd(ends[0]);
        write_end = Fd(ends[1]);
    }

    [[nodiscard]] OwnerIdentity identity() const {
        return {.pidfd = Fd(::dup(read_end.get())), .pid = pid, .uid = 1000, .command = "model"};
    }

    void die() { write_end.reset(); }

    std::uint32_t pid;
    Fd read_end;
    Fd write_end;
};

struct RecordingListener final : QueueListener {
    std::vector<std::string> log;
    std::vector<wire::QueueAt> queues;

    void owner_appeared(const Owner& owner, int /*pidfd*/) override {
        log.push_back("owner " + std::to_string(owner.id.value) + " pid " +
                      std::to_string(owner.pid));
    }

    void owner_vanished(OwnerId owner) override {
        log.push_back("owner gone " + std::to_string(owner.value));
    }

    void queue_appeared(const wire::QueueAt& queue) override {
        queues.push_back(queue);
        log.push_back("queue " + std::to_string(queue.key.owner.value) + "/" +
                      std::to_string(queue.key.number));
    }

    void queue_vanished(QueueKey queue) override {
        log.push_back("queue gone " + std::to_string(queue.number));
    }
};

struct FakeSlots final : PointerSlots {
    std::uint32_t next = 0;
    std::vector<std::uint32_t> freed;

    std::uint32_t watch(OwnerId, int, std::uint32_t, std::uint64_t) override { return next++; }

    void unwatch(OwnerId, std::uint32_t slot) override { freed.push_back(slot); }

    void unwatch_all(OwnerId) override { freed.push_back(999); }
};

wire::QueueAt queue_at(std::uint32_t number, std::uint64_t write_address = 0x1038) {
    return {.key = {.gpu = {7}, .number = number},
            .type = QueueType::compute_aql,
            .ring_address = 0x2000,
            .write_address = write_address,
            .read_address = write_address + 0x48,
            .ring_bytes = 4096};
}

struct QueueTrackerTest : ::testing::Test {
    FakeProcess process{42};
    RecordingListener listener;
    FakeSlots slots;
    bool present = true;
    QueueTracker tracker{[this](std::uint32_t pid) -> Result<OwnerIdentity> {
                             if (!present || pid != process.pid) {
                                 return fail(ESRCH, "find the process");
                             }
                             return process.identity();
                         },
                         &slots,
                         listener};
};

TEST_F(QueueTrackerTest, makes_an_owner_with_its_first_queue_only) {
    tracker.seen(42, queue_at(0));
    tracker.seen(42, queue_at(1));

    EXPECT_EQ(listener.log, (std::vector<std::string>{"owner 1 pid 42", "queue 1/0", "queue 1/1"}));
    EXPECT_EQ(listener.queues[1].slot, 1U);
}

TEST_F(QueueTrackerTest, says_nothing_when_it_learns_nothing_new) {
    tracker.seen(42, queue_at(0));
    tracker.seen(42, queue_at(0));
    wire::QueueAt again = queue_at(0);
    again.key.owner = OwnerId{1};
    tracker.found(again);

    EXPECT_EQ(listener.log.size(), 2U);
}

TEST_F(QueueTrackerTest, watches_a_queue_once_the_snapshot_tells_where_it_is) {
    tracker.seen(42, {.key = {.gpu = {7}, .number = 0}, .type = QueueType::compute_pm4});
    wire::QueueAt full = queue_at(0);
    full.key.owner = OwnerId{1};
    tracker.found(full);

    ASSERT_EQ(listener.queues.size(), 2U);
    EXPECT_EQ(listener.queues[0].slot, wire::no_slot);
    EXPECT_EQ(listener.queues[1].slot, 0U);
    EXPECT_EQ(listener.queues[1].write_address, 0x1038U);
}

TEST_F(QueueTrackerTest, keeps_what_is_known_when_sysfs_lists_the_queue_again) {
    tracker.seen(42, queue_at(0));
    tracker.listed({{.pid = 42, .queue = {.key = {.gpu = {7}, .number = 0}}}});

    EXPECT_EQ(listener.log.size(), 2U);
}

TEST_F(QueueTrackerTest, drops_the_queues_that_a_complete_list_does_not_name) {
    tracker.seen(42, queue_at(0));
    tracker.seen(42, queue_at(1));
    tracker.listed({{.pid = 42, .queue = queue_at(1)}});

    EXPECT_EQ(listener.log.back(), "queue gone 0");
    EXPECT_EQ(slots.freed, (std::vector<std::uint32_t>{0}));
}

TEST_F(QueueTrackerTest, moves_the_slot_when_a_number_is_reused_and_the_destroy_was_missed) {
    tracker.seen(42, queue_at(0, 0x1038));
    tracker.seen(42, queue_at(0, 0x9038));

    EXPECT_EQ(slots.freed, (std::vector<std::uint32_t>{0}));
    EXPECT_EQ(listener.queues.back().slot, 1U);
}

TEST_F(QueueTrackerTest, never_takes_the_next_process_with_the_pid_for_the_dead_one) {
    tracker.seen(42, queue_at(0));
    process.die();
    FakeProcess next(42);
    std::swap(process.read_end, next.read_end);
    std::swap(process.write_end, next.write_end);
    tracker.seen(42, queue_at(0));

    EXPECT_EQ(listener.log,
              (std::vector<std::string>{
                  "owner 1 pid 42", "queue 1/0", "owner gone 1", "owner 2 pid 42", "queue 2/0"}));
    EXPECT_EQ(tracker.pid_of(OwnerId{1}), 0U);
    EXPECT_EQ(tracker.pid_of(OwnerId{2}), 42U);
}

TEST_F(QueueTrackerTest, forgets_a_process_that_died_before_it_could_be_identified) {
    present = false;
    tracker.seen(42, queue_at(0));
    tracker.destroyed(42, 0);

    EXPECT_TRUE(listener.log.empty());
    EXPECT_TRUE(tracker.empty());
}

TEST_F(QueueTrackerTest, ignores_a_snapshot_of_an_owner_that_is_gone) {
    wire::QueueAt late = queue_at(0);
    late.key.owner = OwnerId{9};
    tracker.found(late);
    EXPECT_TRUE(listener.log.empty());
}

TEST_F(QueueTrackerTest, repeats_everything_for_a_new_gate) {
    tracker.seen(42, queue_at(0));
    listener.log.clear();
    tracker.repeat();
    EXPECT_EQ(listener.log, (std::vector<std::string>{"owner 1 pid 42", "queue 1/0"}));
}

TEST_F(QueueTrackerTest, stops_at_the_number_of_queues_that_a_process_can_have) {
    for (std::uint32_t number = 0; number < 1100; ++number) {
        tracker.seen(42, queue_at(number));
    }
    EXPECT_EQ(listener.queues.size(), QueueTracker::max_queues_per_owner);
}

}  // namespace
}  // namespace penstock
