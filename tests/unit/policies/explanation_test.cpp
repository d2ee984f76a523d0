// SPDX-License-Identifier: Apache-2.0

#include "policies/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/explanation_words.h"

namespace penstock {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

constexpr GpuId gpu{51432};
constexpr TimePoint now{10s};

Owner owner_of(std::uint64_t id, std::int32_t priority) {
    return {.id = OwnerId{id},
            .pid = static_cast<std::uint32_t>(1000 + id),
            .command = "job" + std::to_string(id),
            .priority = priority,
            .level = PreemptionLevel::debug_suspend,
            .tenures = {{.gpu = gpu}}};
}

Queue queue_of(std::uint64_t id, std::uint32_t number, std::uint64_t written) {
    return {.key = {.owner = OwnerId{id}, .gpu = gpu, .number = number},
            .type = QueueType::compute_aql,
            .ring_bytes = 65536,
            .written = written,
            .read = 100};
}

// Owner 1 has rank 5 and work; owner 2 has rank 0 and two queues.
class ExplanationTest : public testing::Test {
  protected:
    ExplanationTest() {
        snapshot_.now = now;
        snapshot_.owners = {owner_of(1, 5), owner_of(2, 0)};
        snapshot_.queues = {queue_of(1, 0, 110), queue_of(2, 0, 100), queue_of(2, 1, 120)};
        decision_.orders = {
            {.gpu = gpu, .owners = {{.owner = OwnerId{1}, .rank = 5}, {.owner = OwnerId{2}}}}};
    }

    std::vector<Explanation> rows(std::uint64_t owner = 2) {
        return explain(snapshot_, decision_, OwnerId{owner});
    }

    std::vector<std::string> said(std::uint64_t owner = 2) { return rows(owner).at(0).sentences; }

    RankedOwner& place(std::uint64_t owner) { return decision_.orders.at(0).owners.at(owner - 1); }

    Tenure& tenure() { return snapshot_.owners.at(1).tenures.at(0); }

    Snapshot snapshot_{};
    Decision decision_{};
};

TEST_F(ExplanationTest, says_why_it_was_suspended_and_who_is_above_it) {
    tenure().suspended = true;
    tenure().suspended_since = now - 12300us;
    tenure().suspended_for = Reason::higher_rank_has_work;
    ASSERT_EQ(rows().size(), 1U);
    EXPECT_TRUE(rows()[0].suspended);
    EXPECT_THAT(rows()[0].queues, ElementsAre(0, 1));
    EXPECT_THAT(
        said(),
        ElementsAre("suspended for 12.3 ms, by debug-suspend, because a higher rank had work",
                    "its rank is 0: of 1 others on the device 1 have a higher one and 0 the "
                    "same",
                    "all of the highest rank that has work run together, and those below "
                    "wait",
                    "above it: process 1001 (job1), rank 5, which has packets waiting",
                    "nobody waits suspended for more than 200 ms, and who did runs for 20 "
                    "ms"));
}

TEST_F(ExplanationTest, tells_each_reason_of_the_gate_apart) {
    tenure().suspended = true;
    tenure().suspended_since = now;
    tenure().suspended_for = Reason::turn_of_another;
    EXPECT_THAT(said(), Contains(HasSubstr("because it was the turn of others")));
    tenure().suspended_for = Reason::operator_request;
    EXPECT_THAT(said(), Contains(HasSubstr("because an operator asked for it")));
    tenure().suspended = false;
    tenure().resumed_for = Reason::longest_suspension;
    tenure().resumed_at = now - 5ms;
    EXPECT_THAT(said(),
                Contains("last suspended because an operator asked for it; resumed 5 ms ago, "
                         "because it had been suspended for as long as the guard allows"));
}

TEST_F(ExplanationTest, says_that_nothing_ever_happened_and_nobody_is_above) {
    const std::vector<std::string> sentences = said(1);
    EXPECT_FALSE(rows(1).at(0).suspended);
    EXPECT_EQ(sentences.front(), "never suspended here");
    EXPECT_THAT(sentences, Not(Contains(StartsWith("above it"))));
}

TEST_F(ExplanationTest, does_not_claim_to_know_work_that_it_cannot_read) {
    snapshot_.queues[0].written.reset();
    EXPECT_THAT(said(), Contains(HasSubstr("which may have packets waiting")));
    snapshot_.queues[0] = queue_of(1, 0, 100);
    EXPECT_THAT(said(), Contains(HasSubstr("which has none waiting")));
}

TEST_F(ExplanationTest, explains_turns_shares_and_deadlines) {
    decision_.orders[0].runners = 1;
    place(1) = {.owner = OwnerId{1}, .share = 300};
    place(2).quantum = 2ms;
    place(2).deadline = 20ms;
    place(2).cost = 5ms;
    place(2).firm = true;
    EXPECT_THAT(said(),
                Contains("1 process with work may run at once; its share is 100 of the 400 of its "
                         "rank, in turns of 2 ms"));
    EXPECT_THAT(
        said(),
        Contains("its work is due 20 ms after it comes and takes 5 ms of the device; when it "
                 "can not be done in time any more, that counts for nothing"));
    EXPECT_THAT(said(1), Not(Contains(HasSubstr("is due"))));
}

TEST_F(ExplanationTest, explains_what_waiting_does_to_it_and_to_those_below) {
    place(2).late = {.after = 300ms, .rank = 1000, .lasts = 5ms};
    EXPECT_THAT(said(),
                Contains("when it has waited for 300 ms it has a turn of 5 ms with rank 1000"));
    EXPECT_THAT(said(1),
                Contains("1 process of no higher rank may come before it after a long wait"));
    place(2).late = {.after = 10ms, .rank = 20, .since_work = true};
    EXPECT_THAT(said(), Contains("when its work is 10 ms old, its rank becomes 20"));
    place(2).late = {.after = 10ms, .rank = 0};
    EXPECT_THAT(said(), Not(Contains(HasSubstr("10 ms"))));
}

TEST_F(ExplanationTest, says_why_nobody_can_or_may_suspend_it) {
    snapshot_.owners[1].level = PreemptionLevel::none;
    snapshot_.owners[1].level_reason = "its\nruntime is too old";
    EXPECT_THAT(said(), Contains("nobody can suspend it: its?runtime is too old"));
    snapshot_.owners[1].preemptible = false;
    snapshot_.owners[1].preemptible_source = "rule:50-a.conf";
    EXPECT_THAT(said(), Contains("nobody suspends it: Preemptible is false, by rule:50-a.conf"));
    snapshot_.preemption_enabled = false;
    EXPECT_THAT(said(),
                ElementsAre("never suspended here",
                            "preemption is disabled (PreemptionEnabled is false), so nobody is "
                            "suspended"));
}

TEST_F(ExplanationTest, says_how_long_an_operator_holds_it) {
    snapshot_.owners[1].held_until = now + 3200ms;
    EXPECT_THAT(said(), Contains("an operator holds it for another 3.2 s"));
    snapshot_.owners[1].held_until = now;
    EXPECT_THAT(said(), Not(Contains(HasSubstr("operator"))));
}

TEST_F(ExplanationTest, gives_a_held_queue_a_row_of_its_own) {
    snapshot_.queues[2].held_until = now + 1s;
    snapshot_.queues[2].alone = {.gpu = gpu,
                                 .suspended = true,
                                 .suspended_since = now - 1ms,
                                 .suspended_for = Reason::operator_request};
    ASSERT_EQ(rows().size(), 2U);
    EXPECT_THAT(rows()[0].queues, ElementsAre(0));
    EXPECT_FALSE(rows()[0].suspended);
    EXPECT_THAT(rows()[1].queues, ElementsAre(1));
    EXPECT_TRUE(rows()[1].suspended);
    EXPECT_EQ(rows()[1].sentences[0],
              "by itself: suspended for 1 ms, by debug-suspend, because an operator asked for it");
    EXPECT_EQ(rows()[1].sentences[1], "by itself: an operator holds it for another 1 s");
}

TEST_F(ExplanationTest, knows_a_device_without_orders_and_an_order_without_the_owner) {
    decision_.orders[0].owners.pop_back();
    EXPECT_THAT(said(), Contains("the standing order of the device does not name it, so it runs"));
    decision_.orders.clear();
    EXPECT_THAT(said(), Contains("the policy orders nothing on the device: its driver shares it"));
}

TEST_F(ExplanationTest, tells_the_pace_that_the_guard_allows) {
    decision_.orders[0].suspension_interval = 12ms;
    EXPECT_THAT(said(), Contains(HasSubstr("; suspensions here come 12 ms apart on average")));
}

TEST_F(ExplanationTest, names_the_highest_of_many_and_counts_the_rest) {
    for (std::uint64_t id = 3; id <= 12; ++id) {
        snapshot_.owners.push_back(owner_of(id, 0));
        decision_.orders[0].owners.push_back(
            {.owner = OwnerId{id}, .rank = static_cast<std::int32_t>(id)});
    }
    const std::vector<std::string> sentences = said();
    EXPECT_THAT(sentences, Contains(StartsWith("above it: process 1012 (job12), rank 12")));
    EXPECT_THAT(sentences, Contains(HasSubstr("; and 3 more")));
}

TEST_F(ExplanationTest, has_nothing_to_say_of_a_stranger) {
    EXPECT_THAT(rows(9), IsEmpty());
}

TEST(RoundedText, has_one_digit_behind_the_point) {
    EXPECT_EQ(rounded_text(0ns), "0 us");
    EXPECT_EQ(rounded_text(1550us), "1.5 ms");
    EXPECT_EQ(rounded_text(999us), "999 us");
    EXPECT_EQ(rounded_text(60s), "60 s");
}

}  // namespace
}  // namespace penstock
