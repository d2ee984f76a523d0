// SPDX-License-Identifier: Apache-2.0

#include "agent/cpu_limit_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/journal.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Line {
    std::string text{};
    std::string units{};
    std::string means{};
};

std::vector<Line>& journalled() {
    static std::vector<Line> lines;
    return lines;
}

class CpuLimitLine : public testing::Test {
  protected:
    CpuLimitLine() {
        journalled().clear();
        set_journal_sink([](Severity /*severity*/,
                            std::string_view line,
                            Event event,
                            std::span<const JournalField> fields) {
            EXPECT_EQ(std::string_view(event.id), events::cpu_limits_changed.id);
            journalled().push_back({std::string(line), fields[0].value, fields[1].value});
        });
    }

    ~CpuLimitLine() override { set_journal_sink(nullptr); }

    static CpuOrder order_of(int units) {
        CpuOrder order{.share = 0.49};
        for (int number = 0; number < units; ++number) {
            order.limits.push_back({.unit = "batch-" + std::to_string(number) + ".service",
                                    .had = 2,
                                    .processors = 0.98});
        }
        return order;
    }

    TimePoint now = from_ns(1'000'000'000'000);
    CpuLimitLines lines{};
};

TEST_F(CpuLimitLine, says_who_is_held_back_to_what_and_how) {
    lines.note(order_of(1), "quota", now);
    ASSERT_THAT(journalled(), SizeIs(1));
    EXPECT_EQ(journalled().front().text,
              "memory is close to saturation: batch-0.service are held back to 0.49 of the "
              "processor time that they had, by quota");
    EXPECT_EQ(journalled().front().units, "batch-0.service");
    EXPECT_EQ(journalled().front().means, "quota");
}

TEST_F(CpuLimitLine, says_that_nothing_is_done_where_it_is_only_advice) {
    lines.note(order_of(1), "", now);
    ASSERT_THAT(journalled(), SizeIs(1));
    EXPECT_THAT(journalled().front().text, HasSubstr("batch-0.service would be held back"));
}

TEST_F(CpuLimitLine, is_written_for_a_change_of_who_and_not_of_how_much) {
    lines.note({}, "quota", now);
    EXPECT_THAT(journalled(), IsEmpty());
    lines.note(order_of(1), "quota", now);
    CpuOrder order = order_of(1);
    order.share = 0.1;
    lines.note(order, "quota", now + 10s);
    EXPECT_THAT(journalled(), SizeIs(1));
    lines.note({}, "quota", now + 20s);
    ASSERT_THAT(journalled(), SizeIs(2));
    EXPECT_THAT(journalled().back().text, HasSubstr("nobody is held back"));
}

TEST_F(CpuLimitLine, is_one_in_a_second_with_what_has_become_of_it) {
    lines.note(order_of(1), "quota", now);
    lines.note(order_of(2), "quota", now + 10ms);
    lines.note(order_of(3), "quota", now + 990ms);
    EXPECT_THAT(journalled(), SizeIs(1));
    lines.note(order_of(3), "quota", now + 1s);
    ASSERT_THAT(journalled(), SizeIs(2));
    EXPECT_EQ(journalled().back().units, "batch-0.service batch-1.service batch-2.service");
}

TEST_F(CpuLimitLine, names_a_bounded_number_of_units) {
    lines.note(order_of(64), "quota", now);
    EXPECT_THAT(journalled().front().text, HasSubstr("batch-7.service and 56 more are held back"));
}

TEST_F(CpuLimitLine, tells_people_how_much_each_has) {
    EXPECT_THAT(lines_of(order_of(1)), ElementsAre("batch-0.service: 0.98 of 2.00 processors"));
}

}  // namespace
}  // namespace penstock
