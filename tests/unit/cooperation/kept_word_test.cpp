// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/kept_word.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

namespace penstock::gate {
namespace {

constexpr GpuId gpu{1};
constexpr std::array<std::uint32_t, 2> both{3, 4};

class Word : public testing::Test {
  protected:
    KeptWord word_of(KeptWord::Proof proof) {
        return {[this](std::uint32_t queue) -> std::optional<Pointers> {
                    const auto found = queues.find(queue);
                    return found != queues.end() ? std::optional(found->second) : std::nullopt;
                },
                proof};
    }

    // Looks so many times, each when it is due.
    std::optional<std::uint32_t> look(KeptWord& checked, int times) {
        std::optional<std::uint32_t> broken;
        for (int i = 0; i < times && !broken; ++i) {
            now = checked.due().value_or(now);
            broken = checked.broken_by(now);
        }
        return broken;
    }

    std::map<std::uint32_t, Pointers> queues{{3, {.written = 20, .read = 10}},
                                             {4, {.written = 20, .read = 10}}};
    TimePoint now = from_ns(1'000'000'000);
    KeptWord word = word_of(KeptWord::Proof::nothing_read);
};

TEST_F(Word, is_kept_while_nothing_moves) {
    word.suspended(gpu, both);
    EXPECT_FALSE(look(word, 20));
    EXPECT_TRUE(word.due());
}

TEST_F(Word, is_broken_by_the_queue_that_goes_on) {
    word.suspended(gpu, both);
    EXPECT_FALSE(look(word, 2));
    ++queues[4].read;
    EXPECT_EQ(look(word, 1), 4U);
}

TEST_F(Word, is_not_doubted_before_the_first_look) {
    word.suspended(gpu, both);
    EXPECT_FALSE(look(word, 1)) << "the confirmation";
    ++queues[4].read;
    EXPECT_FALSE(look(word, 20));
}

TEST_F(Word, does_not_forbid_to_submit_to_a_queue_that_is_off_the_device) {
    word.suspended(gpu, both);
    EXPECT_FALSE(look(word, 2));
    queues[4].written += 5;
    EXPECT_FALSE(look(word, 5));
}

TEST_F(Word, about_launches_is_broken_by_a_launch_and_not_by_what_was_in_flight) {
    word = word_of(KeptWord::Proof::nothing_written);
    word.suspended(gpu, both);
    EXPECT_FALSE(look(word, 2));
    queues[4].read += 5;
    EXPECT_FALSE(look(word, 5));
    ++queues[4].written;
    EXPECT_EQ(look(word, 1), 4U);
}

TEST_F(Word, ends_with_the_suspension) {
    word.suspended(gpu, both);
    EXPECT_FALSE(look(word, 2));
    word.resumed(gpu);
    EXPECT_FALSE(word.due());
    ++queues[4].read;
    EXPECT_FALSE(look(word, 5));
}

TEST_F(Word, ends_on_one_device_alone) {
    word.suspended(gpu, std::span(both).first(1));
    word.suspended(GpuId{2}, std::span(both).last(1));
    EXPECT_FALSE(look(word, 2));
    word.resumed(gpu);
    queues[3].read += 7;
    EXPECT_FALSE(look(word, 3));
    ++queues[4].read;
    EXPECT_EQ(look(word, 1), 4U);
}

TEST_F(Word, is_not_broken_by_a_queue_that_begins_again) {
    word.suspended(gpu, both);
    EXPECT_FALSE(look(word, 2));
    queues[4] = {};
    EXPECT_FALSE(look(word, 3));
    queues.erase(4);
    EXPECT_FALSE(look(word, 3));
}

TEST_F(Word, is_checked_ever_more_rarely) {
    word.suspended(gpu, both);
    EXPECT_FALSE(word.due()) << "it is not confirmed yet";
    EXPECT_FALSE(look(word, 1));
    EXPECT_EQ(word.due(), now + KeptWord::first_gap);
    EXPECT_FALSE(look(word, 20));
    EXPECT_EQ(word.due(), now + KeptWord::longest_gap);
}

TEST_F(Word, is_taken_where_nobody_can_look) {
    KeptWord blind({}, KeptWord::Proof::nothing_read);
    blind.suspended(gpu, both);
    EXPECT_FALSE(look(blind, 3));
    EXPECT_FALSE(blind.due());
}

}  // namespace
}  // namespace penstock::gate
