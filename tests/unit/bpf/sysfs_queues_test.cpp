// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/sysfs_queues.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

class SysfsQueues : public testing::Test {
  protected:
    void add_queue(const std::string& pid, const std::string& number, const std::string& type) {
        const std::string folder = "class/kfd/kfd/proc/" + pid + "/queues/" + number;
        tree_.write(folder + "/gpuid", "4711\n");
        tree_.write(folder + "/size", "4096\n");
        tree_.write(folder + "/type", type + "\n");
    }

    [[nodiscard]] QueueListing scan() const {
        auto listing = scan_queues(Tree(tree_.root()));
        EXPECT_TRUE(listing) << listing.error().message();
        return std::move(listing).value();
    }

    fakes::ScratchTree tree_;
};

TEST_F(SysfsQueues, lists_the_queues_of_every_process) {
    add_queue("100", "0", "0");
    add_queue("100", "1", "1");
    add_queue("205", "0", "4");
    const QueueListing listing = scan();
    ASSERT_EQ(listing.queues.size(), 3U);
    EXPECT_EQ(listing.queues[0], (ListedQueue{.pid = 100, .gpu = {4711}, .ring_bytes = 4096}));
    EXPECT_EQ(listing.queues[1].number, 1U);
    EXPECT_EQ(listing.queues[1].type, QueueType::sdma);
    EXPECT_EQ(listing.queues[2].pid, 205U);
    EXPECT_EQ(listing.queues[2].type, QueueType::sdma_xgmi);
    EXPECT_TRUE(listing.unreadable.empty());
}

TEST_F(SysfsQueues, can_not_tell_aql_from_pm4) {
    add_queue("100", "0", "0");
    EXPECT_EQ(scan().queues.at(0).type, QueueType::unknown);
}

TEST_F(SysfsQueues, finds_nothing_in_a_process_without_queues) {
    tree_.write("class/kfd/kfd/proc/100/pasid", "32770\n");
    const QueueListing listing = scan();
    EXPECT_TRUE(listing.queues.empty());
    EXPECT_TRUE(listing.unreadable.empty());
}

TEST_F(SysfsQueues, passes_over_a_queue_that_vanishes_while_it_is_read) {
    add_queue("100", "0", "0");
    add_queue("100", "1", "0");
    std::filesystem::remove(tree_.root() + "/class/kfd/kfd/proc/100/queues/0/type");
    const QueueListing listing = scan();
    ASSERT_EQ(listing.queues.size(), 1U);
    EXPECT_EQ(listing.queues[0].number, 1U);
    EXPECT_TRUE(listing.unreadable.empty());
}

TEST_F(SysfsQueues, says_what_it_could_not_read_and_goes_on) {
    add_queue("100", "0", "0");
    add_queue("100", "1", "-1");
    add_queue("100", "2x", "0");
    add_queue("abc", "0", "0");
    const QueueListing listing = scan();
    ASSERT_EQ(listing.queues.size(), 1U);
    ASSERT_EQ(listing.unreadable.size(), 3U);
    EXPECT_EQ(listing.unreadable[0].message(),
              tree_.root() + "/class/kfd/kfd/proc holds 'abc', not a number");
    EXPECT_EQ(listing.unreadable[1].message(),
              tree_.root() + "/class/kfd/kfd/proc/100/queues holds '2x', not a number");
    EXPECT_EQ(listing.unreadable[2].message(),
              tree_.root() + "/class/kfd/kfd/proc/100/queues/1/type holds '-1', not a number");
}

TEST_F(SysfsQueues, refuses_an_attribute_that_never_ends) {
    add_queue("100", "0", std::string(1000, '1'));
    const QueueListing listing = scan();
    EXPECT_TRUE(listing.queues.empty());
    ASSERT_EQ(listing.unreadable.size(), 1U);
    EXPECT_EQ(listing.unreadable[0].code, EFBIG);
}

TEST_F(SysfsQueues, stops_at_as_many_queues_as_a_process_can_have) {
    const std::string queues = tree_.root() + "/class/kfd/kfd/proc/100/queues";
    add_queue("100", "0", "0");
    for (int number = 1; number < 1026; ++number) {
        std::filesystem::create_directory(queues + "/" + std::to_string(number));
    }
    const QueueListing listing = scan();
    EXPECT_EQ(listing.queues.size(), 1U);
    ASSERT_EQ(listing.unreadable.size(), 1U);
    EXPECT_EQ(listing.unreadable[0].message(), queues + " holds more than 1024 entries");
}

TEST_F(SysfsQueues, fails_where_there_is_no_driver) {
    const auto listing = scan_queues(Tree(tree_.root()));
    ASSERT_FALSE(listing);
    EXPECT_EQ(listing.error().code, ENOENT);
}

}  // namespace
}  // namespace penstock
