// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/activity_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "kmod-helpers/workload/report.h"

namespace penstock::workload {
namespace {

class LogFile : public testing::Test {
  protected:
    void TearDown() override { std::filesystem::remove(path_); }

    std::string text() const {
        std::ostringstream text;
        text << std::ifstream(path_).rdbuf();
        return text.str();
    }

    std::string path_ = testing::TempDir() + "activity_log_test." + std::to_string(::getpid());
};

TEST_F(LogFile, has_a_line_for_each_store_and_each_request) {
    ActivityLog log(10);
    log.add(PointerStore{.queue_number = 3, .written = 8, .stored = from_ns(100)});
    log.add(CompletedRequest{.arrival = from_ns(90), .completed = from_ns(200)});
    ASSERT_TRUE(log.write_to(path_));
    EXPECT_EQ(text(),
              "{\"queue\":3,\"written\":8,\"stored_ns\":100}\n"
              "{\"arrival_ns\":90,\"completed_ns\":200}\n");
}

TEST_F(LogFile, of_nothing_is_empty) {
    ASSERT_TRUE(ActivityLog(1).write_to(path_));
    EXPECT_EQ(text(), "");
}

TEST(ActivityLog, counts_what_is_beyond_its_limit) {
    ActivityLog log(1);
    log.add(PointerStore{});
    log.add(PointerStore{});
    log.add(CompletedRequest{});
    log.add(CompletedRequest{});
    EXPECT_EQ(log.requests().size(), 1U);
    EXPECT_EQ(log.dropped(), 2U);
}

TEST(ActivityLog, says_which_file_it_can_not_write) {
    const Result<> written = ActivityLog(1).write_to("/nowhere/log");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().message(), "write /nowhere/log: No such file or directory");
}

TEST(SummaryLine, counts_waiting_from_the_arrival) {
    ActivityLog log(10);
    log.add(CompletedRequest{.arrival = from_ns(0), .completed = from_ns(10)});
    log.add(CompletedRequest{.arrival = from_ns(5), .completed = from_ns(35)});
    EXPECT_EQ(
        summary_line(
            log, {.kernels_per_request = 4, .unfinished = 1, .elapsed = std::chrono::seconds(2)}),
        R"({"kernels_per_second":4.0,"log_dropped":0,"p50_ns":10,"p99_ns":30,)"
        R"("requests":2,"seconds":2.0,"unfinished":1})");
}

TEST(SummaryLine, says_null_and_not_zero_when_nothing_completed) {
    const std::string line = summary_line(ActivityLog(1), {});
    EXPECT_NE(line.find(R"("p50_ns":null)"), std::string::npos) << line;
    EXPECT_NE(line.find(R"("kernels_per_second":null)"), std::string::npos) << line;
}

}  // namespace
}  // namespace penstock::workload
