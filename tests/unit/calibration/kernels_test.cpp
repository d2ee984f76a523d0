// SPDX-License-Identifier: Apache-2.0
//
// The kernels move the bytes that they claim to have moved, whatever they use for it.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "agent/probes/calibration/canary.h"
#include "agent/probes/calibration/processors.h"
#include "agent/probes/calibration/stream_crew.h"
#include "agent/probes/real_machine.h"

namespace penstock::calibration {
namespace {

// Each word has a value of its own.
std::vector<Line> numbered(std::size_t count) {
    std::vector<Line> lines(count);
    std::uint64_t number = 0x9e3779b97f4a7c15;
    for (Line& line : lines) {
        for (std::uint64_t& word : line.words) {
            word = number *= 6364136223846793005;
        }
    }
    return lines;
}

std::uint64_t sum_of(const std::vector<Line>& lines) {
    std::uint64_t sum = 0;
    for (const Line& line : lines) {
        for (const std::uint64_t word : line.words) {
            sum += word;
        }
    }
    return sum;
}

bool same(const Line& a, const Line& b) {
    return a.words == b.words;
}

TEST(StreamKernels, are_offered_for_any_processor_and_differ_in_name) {
    std::set<std::string_view> names;
    for (const StreamKernels& kernels : offered_kernels()) {
        EXPECT_TRUE(names.insert(kernels.name).second);
    }
    EXPECT_TRUE(names.contains("plain"));
}

TEST(StreamKernels, read_every_word) {
    const std::vector<Line> lines = numbered(1003);
    for (const StreamKernels& kernels : offered_kernels()) {
        EXPECT_EQ(kernels.read(lines), sum_of(lines)) << kernels.name;
        EXPECT_EQ(kernels.read({}), 0U) << kernels.name;
    }
}

TEST(StreamKernels, write_every_word_and_none_beside) {
    for (const StreamKernels& kernels : offered_kernels()) {
        std::vector<Line> lines = numbered(1003);
        const std::vector<Line> before = lines;
        kernels.write(std::span(lines).subspan(1, 1001), 42);
        Line written;
        written.words.fill(42);
        EXPECT_TRUE(same(lines.front(), before.front())) << kernels.name;
        EXPECT_TRUE(same(lines.back(), before.back())) << kernels.name;
        EXPECT_TRUE(std::all_of(lines.begin() + 1, lines.end() - 1, [&](const Line& line) {
            return same(line, written);
        })) << kernels.name;
    }
}

TEST(StreamKernels, copy_every_word) {
    const std::vector<Line> from = numbered(1003);
    for (const StreamKernels& kernels : offered_kernels()) {
        std::vector<Line> into(from.size());
        kernels.copy(into, from);
        EXPECT_TRUE(std::ranges::equal(into, from, same)) << kernels.name;
    }
}

TEST(Ring, leads_through_every_line_once_and_back) {
    std::vector<Line> lines(4096);
    link_ring(lines);
    std::set<std::uint64_t> seen;
    std::uint64_t at = 0;
    for (std::size_t hop = 0; hop < lines.size(); ++hop) {
        ASSERT_LT(at, lines.size());
        seen.insert(at);
        at = chase(lines, at, 1);
    }
    EXPECT_EQ(seen.size(), lines.size());
    EXPECT_EQ(at, 0U);
    EXPECT_EQ(chase(lines, 0, 4096), 0U);
}

TEST(Ring, rarely_goes_on_to_a_line_nearby) {
    std::vector<Line> lines(4096);
    link_ring(lines);
    std::size_t nearby = 0;
    for (std::uint64_t at = 0; at < lines.size(); ++at) {
        const std::uint64_t next = chase(lines, at, 1);
        nearby += std::max(at, next) - std::min(at, next) <= 8 ? 1U : 0U;
    }
    EXPECT_LT(nearby, lines.size() / 64);
}

TEST(StreamCrew, moves_something_on_every_core_that_was_asked) {
    const auto allowed = allowed_processors();
    ASSERT_TRUE(allowed);
    const auto crew = StreamCrew::start({allowed->front(), allowed->back()}, 1 << 20);
    ASSERT_TRUE(crew) << crew.error().message();
    for (const StreamKind kind : {StreamKind::read, StreamKind::write, StreamKind::copy}) {
        (*crew)->begin(kind, {.first = 0, .count = 2});
        EXPECT_GE((*crew)->end(), 0) << text_of(kind);
    }
    (*crew)->begin(StreamKind::read, {.first = 7, .count = 9});
    EXPECT_EQ((*crew)->end(), 0);
}

TEST(StreamCrew, says_when_there_is_no_such_processor) {
    const auto crew = StreamCrew::start({-1}, 1 << 20);
    ASSERT_FALSE(crew);
    EXPECT_EQ(crew.error().doing, "bind a thread to its processor");
}

TEST(StreamCrew, needs_memory_for_each_member) {
    EXPECT_FALSE(StreamCrew::start({0, 1}, 2 * sizeof(Line)));
    EXPECT_FALSE(StreamCrew::start({}, 1 << 20));
    EXPECT_FALSE(StreamCrew::start({0}, 0));
}

TEST(Canary, times_both_of_its_signals) {
    RealMachine machine({});
    const auto canary = Canary::make(machine, 1 << 20);
    ASSERT_TRUE(canary) << canary.error().message();
    for (int look = 0; look < 5; ++look) {  // Past the end of its row.
        const ProbeSample sample = (*canary)->look();
        EXPECT_GE(sample.chase_ns, 0);
        EXPECT_GE(sample.read_ns, 0);
    }
}

TEST(Canary, needs_room_for_one_read) {
    RealMachine machine({});
    EXPECT_FALSE(Canary::make(machine, (1 << 19) - 64));
    EXPECT_TRUE(Canary::make(machine, 1 << 19));
}

}  // namespace
}  // namespace penstock::calibration
