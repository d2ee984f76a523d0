// SPDX-License-Identifier: Apache-2.0
//
// Strangers' commands, well-behaved and not.

#include "sim/batching/measured_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/fakes/temporary_tree.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Blocks signals for the whole program, as the verb does.
StopSignal& no_signal() {
    static StopSignal signal;
    return signal;
}

Result<double> of_shell(const std::string& script, CommandLimits limits = {}) {
    return measured_seconds({"sh", "-c", script}, limits, no_signal());
}

std::string failure_of(const std::string& script, CommandLimits limits = {}) {
    const Result<double> seconds = of_shell(script, limits);
    return seconds ? "none" : seconds.error().message();
}

TEST(MeasuredCommand, says_what_the_command_prints) {
    EXPECT_EQ(*of_shell("echo 0.25"), 0.25);
    EXPECT_EQ(*of_shell("echo '  1e-3 '"), 0.001);
    EXPECT_EQ(*measured_seconds({"printf", "%s", "3"}, {}, no_signal()), 3);
}

TEST(MeasuredCommand, gives_it_words_as_they_are_and_nothing_to_read) {
    EXPECT_EQ(*measured_seconds({"sh", "-c", "cat; echo \"$1\"", "x", "7"}, {}, no_signal()), 7);
}

TEST(MeasuredCommand, takes_its_own_run_when_it_is_timed) {
    const Result<double> seconds = of_shell("echo no number at all", {.timed = true});
    ASSERT_TRUE(seconds);
    EXPECT_GT(*seconds, 0);
}

TEST(MeasuredCommand, refuses_what_is_no_time) {
    for (const char* text :
         {"", "fast", "nan", "-nan", "inf", "0", "-1", "1e7", "1 2", "0.5s", "0x1p-3", "1,5"}) {
        EXPECT_THAT(failure_of(std::string("echo '") + text + "'"), HasSubstr("it prints: "))
            << text;
    }
    EXPECT_THAT(failure_of("printf '1\\n2'"), HasSubstr("it prints: "));
    EXPECT_THAT(failure_of("printf '\\033[31m1'"), HasSubstr("?[31m1"));
}

TEST(MeasuredCommand, tells_how_a_command_failed) {
    EXPECT_EQ(failure_of("echo 1; exit 3"), "it ended with status 3");
    EXPECT_EQ(failure_of("kill -9 $$"), "signal 9 has ended it");
    const Result<double> absent = measured_seconds({"penstock-nowhere"}, {}, no_signal());
    ASSERT_FALSE(absent);
    EXPECT_THAT(absent.error().message(), HasSubstr("start it: No such file"));
}

TEST(MeasuredCommand, waits_no_longer_than_it_may) {
    EXPECT_EQ(failure_of("sleep 1000", {.longest = 20ms}), "it runs for longer than 0.02 s");
    EXPECT_EQ(failure_of("trap '' TERM INT; while :; do sleep 1; done", {.longest = 20ms}),
              "it runs for longer than 0.02 s");
}

TEST(MeasuredCommand, reads_no_more_than_it_may) {
    EXPECT_EQ(failure_of("yes"), "it prints more than 4096 bytes");
    EXPECT_EQ(failure_of("yes", {.timed = true}), "it prints more than 4096 bytes");
}

// Whoever holds the pipe open does not hold us up, and is gone afterwards.
TEST(MeasuredCommand, leaves_nothing_behind) {
    const fakes::TemporaryTree tree;
    const std::string file = tree.write("pid", "");
    ASSERT_EQ(*of_shell("sleep 1000 & echo $! > " + file + "; echo 2"), 2);
    std::string pid;
    std::ifstream(file) >> pid;
    ASSERT_NE(pid, "");
    // A killed process is there until init, or whoever stands in for it, has looked at it.
    const auto runs = [&] {
        std::ifstream stat("/proc/" + pid + "/stat");
        std::string text;
        std::getline(stat, text);
        return !text.empty() && text.find(") Z ") == std::string::npos;
    };
    for (int look = 0; runs() && look < 500; ++look) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_FALSE(runs());
}

}  // namespace
}  // namespace penstock::sim
