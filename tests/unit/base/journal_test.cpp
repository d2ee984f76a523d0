// SPDX-License-Identifier: Apache-2.0

#include "base/journal.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

// Standard error for the length of one test, and the default threshold behind it.
class JournalTest : public ::testing::Test {
  protected:
    void SetUp() override { ::testing::internal::CaptureStderr(); }

    void TearDown() override { set_journal_threshold(Severity::info); }

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

}  // namespace
}  // namespace penstock
