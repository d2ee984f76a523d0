// SPDX-License-Identifier: Apache-2.0
//
// The processors' side against a plain file that stands for emulator/memory.

#include "client/examples/split_inference/processors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "client/examples/split_inference/operations.h"

namespace penstock::split_inference {
namespace {

using testing::HasSubstr;

// A part of an operation takes 10 us at this rate.
constexpr std::uint64_t rate = 1'000'000'000;
constexpr std::uint64_t bytes_of_a_part = 10'000;

// As it was, for the programs that later tests start.
class KeptSignals {
  public:
    KeptSignals() { ::pthread_sigmask(SIG_SETMASK, nullptr, &kept_); }

    ~KeptSignals() { ::pthread_sigmask(SIG_SETMASK, &kept_, nullptr); }

    KeptSignals(const KeptSignals&) = delete;
    KeptSignals& operator=(const KeptSignals&) = delete;
    KeptSignals(KeptSignals&&) = delete;
    KeptSignals& operator=(KeptSignals&&) = delete;

  private:
    sigset_t kept_{};
};

class ProcessorsSide : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "split-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder = name;
        say("speed 1\n");
    }

    void TearDown() override { std::filesystem::remove_all(folder); }

    [[nodiscard]] std::string memory() const { return (folder / "memory").string(); }

    void say(const std::string& text) const { std::ofstream(memory()) << text; }

    // What is in the file now. A claim takes the place of the first letters, as in a plain file.
    [[nodiscard]] std::string written() const {
        std::ostringstream text;
        text << std::ifstream(memory()).rdbuf();
        return text.str();
    }

    Result<> moved(Processors& processors, std::size_t operation = 1) {
        return processors.move(operation, rate, stop);
    }

    std::filesystem::path folder{};
    KeptSignals kept{};
    StopSignal stop{};
};

// Long enough that the claim leaves the speed's line alone.
const std::string padding = "# one line of nothing in particular that claims are written over\n";

TEST_F(ProcessorsSide, claims_its_rate_in_its_name_before_it_moves) {
    say(padding + "speed 1\n");
    Processors processors("cpu", memory(), bytes_of_a_part);
    ASSERT_TRUE(moved(processors));
    EXPECT_THAT(written(), testing::StartsWith("processors cpu 1000000000\n"));
}

TEST_F(ProcessorsSide, takes_the_claim_back_when_it_rests) {
    say(padding + "speed 1\n");
    Processors processors("cpu", memory(), bytes_of_a_part);
    ASSERT_TRUE(moved(processors));
    ASSERT_TRUE(processors.rest());
    EXPECT_THAT(written(), testing::StartsWith("processors cpu 0\n"));
}

TEST_F(ProcessorsSide, claims_anew_what_has_changed) {
    say(padding + "speed 1\n");
    Processors processors("cpu", memory(), bytes_of_a_part);
    ASSERT_TRUE(moved(processors));
    ASSERT_TRUE(processors.move(1, 2 * rate, stop));
    EXPECT_THAT(written(), testing::StartsWith("processors cpu 2000000000\n"));
}

TEST_F(ProcessorsSide, finds_the_speed_among_other_lines) {
    say(padding + "peak 60000000000\nasked 3\nspeed 0.5\nspeed of light\n");
    Processors processors("cpu", memory(), bytes_of_a_part);
    EXPECT_TRUE(moved(processors));
}

TEST_F(ProcessorsSide, refuses_a_memory_that_says_nothing_of_a_speed) {
    for (const char* text : {"", "speed\n", "speed fast\n", "speed 1 2\n", "peak 7\n"}) {
        say(padding + text);
        Processors processors("cpu", memory(), bytes_of_a_part);
        const Result<> refused = moved(processors);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, EPROTO);
        EXPECT_THAT(refused.error().message(), HasSubstr("says nothing of a speed"));
    }
}

TEST_F(ProcessorsSide, names_the_memory_that_is_not_there) {
    Processors processors("cpu", (folder / "none").string(), bytes_of_a_part);
    const Result<> refused = moved(processors);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ENOENT);
    EXPECT_THAT(refused.error().message(), HasSubstr("write to " + (folder / "none").string()));
    EXPECT_FALSE(processors.rest()) << "nor can the claim be taken back there";
}

TEST_F(ProcessorsSide, moves_nothing_further_once_it_is_told_to_stop) {
    say(padding + "speed 0.000001\n");
    Processors processors("cpu", memory(), bytes_of_a_part);
    ASSERT_EQ(::raise(SIGTERM), 0);  // Blocked, and so kept for who waits for it.
    EXPECT_TRUE(moved(processors, 3)) << "at this speed it would take minutes";
    EXPECT_TRUE(stop.wait_until(TimePoint()));
}

}  // namespace
}  // namespace penstock::split_inference
