// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/journal.h"
#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using testing::HasSubstr;

constexpr const char* interface = "org.freedesktop.LogControl1";
const std::string path = "/org/freedesktop/LogControl1";

struct LogControl : testing::Test {
    void TearDown() override { set_journal_threshold(Severity::info); }

    BusPair pair{};
};

TEST_F(LogControl, turns_how_much_is_logged) {
    EXPECT_EQ(pair.get_text(path, interface, "LogLevel"), "info");
    ASSERT_TRUE(pair.set(path, interface, "LogLevel", "s", "debug").ok());
    EXPECT_EQ(journal_threshold(), Severity::debug);
    EXPECT_EQ(pair.get_text(path, interface, "LogLevel"), "debug");
    ASSERT_TRUE(pair.set(path, interface, "LogLevel", "s", "crit").ok());
    EXPECT_EQ(pair.get_text(path, interface, "LogLevel"), "err");
}

TEST_F(LogControl, names_the_levels_there_are) {
    const Reply reply = pair.set(path, interface, "LogLevel", "s", "loud");
    EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.InvalidArgs");
    EXPECT_THAT(reply.error_sentence, HasSubstr("err, warning, notice, info and debug"));
}

TEST_F(LogControl, turns_where_it_is_logged) {
    std::string target = "console";
    pair.service().log_with({.target = [&] { return target; },
                             .set_target =
                                 [&](const std::string& wanted) {
                                     target = wanted;
                                     return wanted != "moon";
                                 }});
    ASSERT_TRUE(pair.set(path, interface, "LogTarget", "s", "journal").ok());
    EXPECT_EQ(pair.get_text(path, interface, "LogTarget"), "journal");
    EXPECT_FALSE(pair.set(path, interface, "LogTarget", "s", "moon").ok());
    EXPECT_EQ(pair.get_text(path, interface, "SyslogIdentifier"), "penstockd");
}

}  // namespace
}  // namespace penstock::test
