// SPDX-License-Identifier: Apache-2.0

#include "policies/single_queues.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock {
namespace {

using testing::HasSubstr;

std::string refusal(PreemptionLevel level, QueueType type = QueueType::compute_aql) {
    const Owner owner{.pid = 42, .level = level, .level_reason = "it is traced by pid 77"};
    return why_not_held(owner, {.key = {.number = 3}, .type = type});
}

TEST(SingleQueues, are_taken_by_the_rungs_that_name_each_queue_to_the_driver) {
    EXPECT_EQ(refusal(PreemptionLevel::debug_suspend), "");
    EXPECT_EQ(refusal(PreemptionLevel::vendor_ioctl), "");
    EXPECT_EQ(refusal(PreemptionLevel::debug_suspend, QueueType::unknown), "");
}

TEST(SingleQueues, are_refused_with_the_rung_and_what_would_work) {
    EXPECT_EQ(refusal(PreemptionLevel::cooperative_save),
              "queue 3 of process 42 can not be held by itself: its process stands on the rung "
              "cooperative-save, which acts on all queues of a device; debug-suspend and "
              "vendor-ioctl take single queues, and Preempt holds the whole process");
    EXPECT_THAT(refusal(PreemptionLevel::process_evict), HasSubstr("rung process-evict"));
    EXPECT_THAT(refusal(PreemptionLevel::launch_limit), HasSubstr("rung launch-limit"));
}

TEST(SingleQueues, are_refused_where_nothing_can_be_suspended) {
    EXPECT_EQ(refusal(PreemptionLevel::none),
              "queue 3 of process 42 can not be held by itself: it is traced by pid 77");
    EXPECT_THAT(why_not_held({.pid = 42}, {}), HasSubstr("no way to suspend"));
}

TEST(SingleQueues, are_refused_when_they_are_no_compute_queues) {
    EXPECT_THAT(refusal(PreemptionLevel::debug_suspend, QueueType::sdma),
                HasSubstr("only compute queues can be suspended"));
    EXPECT_THAT(refusal(PreemptionLevel::vendor_ioctl, QueueType::sdma_xgmi),
                HasSubstr("only compute queues can be suspended"));
}

}  // namespace
}  // namespace penstock
