// SPDX-License-Identifier: Apache-2.0

#include "policies/explanation_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "policies/explanation.h"

namespace penstock {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

constexpr GpuId gpu{7};
constexpr GpuId other_gpu{8};
constexpr TimePoint now{10s};
constexpr std::int32_t lowest = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t highest = std::numeric_limits<std::int32_t>::max();

std::string sentence_of(const Tenure& tenure) {
    return tenure_sentence(tenure, PreemptionLevel::debug_suspend, now);
}

RankedOwner ranked(std::uint64_t owner, std::int32_t rank) {
    return {.owner = OwnerId{owner}, .rank = rank};
}

TEST(TenureSentence, has_words_for_each_reason_to_resume) {
    for (const auto& [reason, words] :
         {std::pair(Reason::higher_rank_drained, "no higher rank had work any more"),
          std::pair(Reason::turn_of_another, "its turn had come"),
          std::pair(Reason::operator_request, "the operator's hold was over"),
          std::pair(Reason::order_changed, "a new order no longer asked for it"),
          std::pair(Reason::release, "it was let go, or all were"),
          std::pair(Reason::higher_rank_has_work, "the gate said higher-rank-has-work")}) {
        EXPECT_THAT(sentence_of({.suspended_for = Reason::operator_request, .resumed_for = reason}),
                    EndsWith(std::string("because ") + words));
    }
}

TEST(TenureSentence, repeats_a_reason_that_suspends_nobody_as_the_gate_said_it) {
    EXPECT_THAT(sentence_of({.suspended = true, .suspended_for = Reason::release}),
                EndsWith("because the gate said release"));
    EXPECT_EQ(sentence_of({.suspended = true, .suspended_since = now - 1s}),
              "suspended for 1 s, by debug-suspend")
        << "and says no reason that it was not told";
}

TEST(TenureSentence, shows_no_time_below_nothing_when_the_gate_is_ahead_of_the_snapshot) {
    EXPECT_THAT(sentence_of({.suspended = true, .suspended_since = now + 1s}),
                StartsWith("suspended for 0 us"));
    EXPECT_THAT(sentence_of({.suspended_for = Reason::turn_of_another,
                             .resumed_for = Reason::turn_of_another,
                             .resumed_at = now + 1s}),
                HasSubstr("resumed 0 us ago"));
}

TEST(ExemptionSentence, gives_the_reason_that_counts_before_the_others) {
    Snapshot seen{.preemption_enabled = false};
    Owner owner{
        .preemptible = false, .preemptible_source = "rule:\x1b[2J", .level = PreemptionLevel::none};
    EXPECT_THAT(exemption_sentence(seen, owner), StartsWith("preemption is disabled"));
    seen.preemption_enabled = true;
    EXPECT_THAT(exemption_sentence(seen, owner), EndsWith("by rule:?[2J"));
    owner.preemptible = true;
    EXPECT_EQ(exemption_sentence(seen, owner),
              "nobody can suspend it: the gate has not taken it over");
    owner.level_reason = std::string(1000, 'x');
    EXPECT_THAT(exemption_sentence(seen, owner), EndsWith(": " + std::string(256, 'x')));
    owner.level = PreemptionLevel::debug_suspend;
    EXPECT_EQ(exemption_sentence(seen, owner), "");
}

TEST(RankSentence, tells_the_lowest_rank_from_the_highest) {
    const DeviceOrder order{.gpu = gpu,
                            .owners = {ranked(1, highest), ranked(2, lowest), ranked(3, lowest)}};
    EXPECT_EQ(rank_sentence(order, order.owners[1]),
              "its rank is -2147483648: of 2 others on the device 1 have a higher one and 1 the "
              "same");
    EXPECT_THAT(rank_sentence(order, order.owners[0]), HasSubstr("0 have a higher one and 0"));
}

TEST(TurnSentence, adds_shares_beyond_what_one_of_them_can_be) {
    constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
    DeviceOrder order{.gpu = gpu, .runners = 2, .owners = {ranked(1, 0), ranked(2, 0)}};
    order.owners[0].share = most;
    order.owners[1].share = most;
    EXPECT_EQ(turn_sentence(order, order.owners[0]),
              "2 processes with work may run at once; its share is 4294967295 of the 8589934590 of "
              "its rank");
    order.owners[1].rank = 1;
    EXPECT_THAT(turn_sentence(order, order.owners[0]), HasSubstr("of the 4294967295 of"))
        << "shares of another rank are not divided with it";
}

TEST(AboveSentence, names_the_highest_first_and_of_equals_the_first_come) {
    Snapshot seen;
    seen.owners = {{.id = OwnerId{1}, .pid = 11, .command = "a\nb"},
                   {.id = OwnerId{2}, .pid = 12, .command = "c"}};
    const DeviceOrder order{
        .gpu = gpu, .owners = {ranked(1, 3), ranked(2, 3), ranked(3, highest), ranked(4, lowest)}};
    EXPECT_EQ(above_sentence(seen, order, order.owners[3]),
              "above it: a process that has just ended; process 11 (a?b), rank 3, which has none "
              "waiting; process 12 (c), rank 3, which has none waiting");
    EXPECT_EQ(above_sentence(seen, order, order.owners[2]), "");
}

TEST(AboveSentence, counts_only_those_whom_it_does_not_name) {
    DeviceOrder order{.gpu = gpu, .owners = {ranked(1, 0)}};
    for (std::uint64_t id = 2; id < 2 + Explanation::most_named; ++id) {
        order.owners.push_back(ranked(id, 1));
    }
    EXPECT_THAT(above_sentence({}, order, order.owners[0]), Not(HasSubstr("more")));
    order.owners.push_back(ranked(99, 1));
    EXPECT_THAT(above_sentence({}, order, order.owners[0]), EndsWith("; and 1 more"));
}

TEST(AboveSentence, looks_at_work_on_this_device_alone_and_one_full_queue_is_enough) {
    const auto queue = [](GpuId where, std::uint32_t number, std::optional<std::uint64_t> written) {
        return Queue{.key = {.owner = OwnerId{1}, .gpu = where, .number = number},
                     .type = QueueType::compute_aql,
                     .ring_bytes = 65536,
                     .written = written,
                     .read = 100};
    };
    Snapshot seen;
    seen.owners = {{.id = OwnerId{1}, .pid = 11}};
    const DeviceOrder order{.gpu = gpu, .owners = {ranked(1, 1), ranked(2, 0)}};
    seen.queues = {queue(gpu, 0, 100), queue(other_gpu, 1, 110)};
    EXPECT_THAT(above_sentence(seen, order, order.owners[1]), EndsWith("which has none waiting"));
    seen.queues = {queue(gpu, 0, std::nullopt), queue(gpu, 1, 110)};
    EXPECT_THAT(above_sentence(seen, order, order.owners[1]),
                EndsWith("which has packets waiting"));
}

TEST(OvertakingSentence, counts_neither_itself_nor_who_stays_below) {
    DeviceOrder order{.gpu = gpu, .owners = {ranked(1, 5), ranked(2, 0), ranked(3, 5)}};
    for (RankedOwner& place : order.owners) {
        place.late = {.after = 1ms, .rank = 6};
    }
    EXPECT_EQ(overtaking_sentence(order, order.owners[0]),
              "2 processes of no higher rank may come before it after a long wait");
    order.owners[1].late.rank = 5;
    EXPECT_THAT(overtaking_sentence(order, order.owners[0]), StartsWith("1 process of"));
    order.owners[2].late.after = 0ms;
    EXPECT_EQ(overtaking_sentence(order, order.owners[0]), "");
}

TEST(BudgetSentence, tells_what_there_is_and_what_comes_of_spending_it) {
    RankedOwner place = ranked(1, 0);
    EXPECT_EQ(budget_sentence(place), "");
    place.budget = {.amount = 30ms, .period = 100ms, .rank = 7, .hard = true};
    const std::string words = budget_sentence(place);
    EXPECT_THAT(words, HasSubstr("30 ms in 100 ms"));
    EXPECT_THAT(words, HasSubstr("with rank 7"));
    EXPECT_THAT(words, HasSubstr("it waits, though nobody else has work"));
}

TEST(StealSentence, tells_what_is_taken_and_when) {
    RankedOwner place = ranked(1, 0);
    EXPECT_EQ(steal_sentence(place), "");
    place.steal = {.rank = 1000, .quantum = 4ms, .guard = 100ms};
    EXPECT_THAT(steal_sentence(place), HasSubstr("4 ms at a time with rank 1000"));
    place.rank = 1000;
    EXPECT_EQ(steal_sentence(place), "") << "there is nothing above it";
}

TEST(DescentSentence, tells_levels_and_when_all_rise) {
    RankedOwner place = ranked(1, 0);
    EXPECT_EQ(descent_sentence(place), "");
    place.descent = {.allotment = 2ms, .levels = 8, .rise = 1s};
    EXPECT_THAT(descent_sentence(place), HasSubstr("of 8 levels"));
    EXPECT_THAT(descent_sentence(place), EndsWith("every 1 s all are at the top"));
}

TEST(DomainSentence, is_about_devices_that_share_memory) {
    EXPECT_EQ(domain_sentence({}), "");
    EXPECT_THAT(domain_sentence({.domain = 1}), HasSubstr("all devices that share its memory"));
}

TEST(DeadlineSentence, says_nothing_of_a_cost_that_nobody_knows) {
    EXPECT_EQ(deadline_sentence({.deadline = 1500us}), "its work is due 1.5 ms after it comes");
    EXPECT_EQ(deadline_sentence({.deadline = -1ms, .cost = 1ms, .firm = true}), "");
}

}  // namespace
}  // namespace penstock
