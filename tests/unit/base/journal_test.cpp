// SPDX-License-Identifier: Apache-2.0

#include "base/journal.h"

#include <gtest/gtest.h>

#include <array>

namespace penstock {
namespace {

// Standard error for the length of one test, and the default threshold behind it.
class JournalTest : public ::testing::Test {
  protected:
    void SetUp() override { ::testing::internal::CaptureStderr(); }

    void TearDown() override {
        set_journal_threshold(Severity::info);
        set_journal_sink(nullptr);
    }

    static std::string written() { return ::testing::internal::GetCapturedStderr(); }
};

TEST_F(JournalTest, writes_one_line_with_the_severity_in_front) {
    journal(Severity::warning, "the gate is gone");
    EXPECT_EQ(written(), "<4>the gate is gone\n");
}

TEST_F(JournalTest, keeps_debugging_lines_to_itself_until_asked) {
    journal(Severity::debug, "hidden");
    set_journal_threshold(Severity::debug);
    journal(Severity::debug, "shown");
    EXPECT_EQ(written(), "<7>shown\n");
}

TEST_F(JournalTest, drops_what_lies_below_the_threshold) {
    set_journal_threshold(Severity::error);
    journal(Severity::warning, "dropped");
    journal(Severity::error, "kept");
    EXPECT_EQ(written(), "<3>kept\n");
}

TEST_F(JournalTest, hands_event_and_fields_to_whoever_takes_the_lines) {
    static std::string taken;
    taken.clear();
    set_journal_sink([](Severity, std::string_view line, Event event, auto fields) {
        taken.append(line).append(" ").append(event.id);
        for (const JournalField& field : fields) {
            taken.append(" ").append(field.name).append("=").append(field.value);
        }
    });
    const std::array fields{JournalField{"PENSTOCK_PID", "42"}};
    journal(Severity::notice, "set", events::priority_set, fields);
    journal(Severity::debug, "hidden", events::priority_set, fields);
    EXPECT_EQ(taken, std::string("set ") + events::priority_set.id + " PENSTOCK_PID=42");
    EXPECT_EQ(written(), "");
}

}  // namespace
}  // namespace penstock
