// SPDX-License-Identifier: Apache-2.0
//
// Hint pages as a well-behaved process writes them, as a hostile one does, and who gets one.

#include "agent/probes/hints/hint_pages.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>

#include "base/pidfd.h"
#include "client/libpenstock/include/penstock/hint.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// The page as its process has it: mapped for writing.
class Written {
  public:
    explicit Written(const Fd& page)
        : memory_(Mapping::open(page, 0, PENSTOCK_HINT_SIZE, Mapping::Access::read_write)) {}

    penstock_hint_page* operator->() {
        return reinterpret_cast<penstock_hint_page*>(memory_.value().start());
    }

  private:
    Result<Mapping> memory_;
};

TEST(HintPage, begins_with_its_header_and_says_nothing_yet) {
    const HintPage page = HintPage::make().value();
    Written written(page.for_client().value());
    EXPECT_EQ(written->header.magic, PENSTOCK_HINT_MAGIC);
    EXPECT_EQ(written->header.abi, PENSTOCK_HINT_ABI);
    EXPECT_EQ(written->header.size, PENSTOCK_HINT_SIZE);
    EXPECT_EQ(page.read().progress, 0U);
    EXPECT_EQ(page.read().hints, Hints());
}

TEST(HintPage, is_read_as_it_was_written) {
    const HintPage page = HintPage::make().value();
    Written written(page.for_client().value());
    written->progress = 12345;
    written->unit = PENSTOCK_UNIT_TOKENS;
    written->phase = PENSTOCK_PHASE_DECODE;
    written->batch = 64;
    written->next_bytes = 3U << 30U;
    EXPECT_EQ(page.read().progress, 12345U);
    EXPECT_EQ(page.read().hints,
              (Hints{.unit = ProgressUnit::tokens,
                     .phase = WorkPhase::decode,
                     .batch = 64,
                     .next_bytes = 3U << 30U}));
}

TEST(HintPage, that_lies_is_unknown_where_it_lies) {
    const HintPage page = HintPage::make().value();
    Written written(page.for_client().value());
    std::memset(&written->header, 0xff, sizeof(penstock_hint_header));
    written->unit = PENSTOCK_UNIT_FRAMES + 1;
    written->phase = UINT32_MAX;
    written->batch = PENSTOCK_HINT_MOST_BATCH + 1;
    written->next_bytes = PENSTOCK_HINT_MOST_BYTES + 1;
    EXPECT_EQ(page.read().hints, Hints());
    written->batch = PENSTOCK_HINT_MOST_BATCH;
    written->next_bytes = PENSTOCK_HINT_MOST_BYTES;
    EXPECT_EQ(page.read().hints.batch, PENSTOCK_HINT_MOST_BATCH);
    EXPECT_EQ(page.read().hints.next_bytes, PENSTOCK_HINT_MOST_BYTES);
}

TEST(HintPage, of_any_bytes_stays_in_range) {
    const HintPage page = HintPage::make().value();
    Written written(page.for_client().value());
    std::mt19937_64 random(7);
    for (int round = 0; round < 10'000; ++round) {
        written->unit = static_cast<std::uint32_t>(random()) >> (random() % 32);
        written->phase = static_cast<std::uint32_t>(random()) >> (random() % 32);
        written->batch = static_cast<std::uint32_t>(random()) >> (random() % 32);
        written->next_bytes = random() >> (random() % 64);
        const Hints said = page.read().hints;
        ASSERT_LE(said.unit, ProgressUnit::frames);
        ASSERT_LE(said.phase, WorkPhase::training);
        ASSERT_LE(said.batch, PENSTOCK_HINT_MOST_BATCH);
        ASSERT_LE(said.next_bytes, PENSTOCK_HINT_MOST_BYTES);
    }
}

TEST(HintPage, can_be_made_neither_shorter_nor_longer) {
    const HintPage page = HintPage::make().value();
    const Fd client = page.for_client().value();
    EXPECT_EQ(::ftruncate(client.get(), 0), -1);
    EXPECT_EQ(errno, EPERM);
    EXPECT_EQ(::ftruncate(client.get(), 1 << 20), -1);
    EXPECT_EQ(::fallocate(client.get(), 0, 0, 1 << 20), -1);
    EXPECT_EQ(::fcntl(client.get(), F_ADD_SEALS, F_SEAL_WRITE), -1) << "nor sealed against us";
    EXPECT_EQ(::pwrite(client.get(), "x", 1, PENSTOCK_HINT_SIZE), -1);
}

TEST(HintPage, with_a_hole_in_it_is_read_as_zeros) {
    const HintPage page = HintPage::make().value();
    const Fd client = page.for_client().value();
    Written written(client);
    written->progress = 9;
    ASSERT_EQ(::fallocate(
                  client.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PENSTOCK_HINT_SIZE),
              0);
    EXPECT_EQ(page.read().progress, 0U);
    EXPECT_EQ(page.read().hints, Hints());
}

// The sizes and places of all fields, as the golden file has them.
TEST(HintPage, has_the_frozen_layout) {
    std::ostringstream layout;
    layout << "hint_page " << sizeof(penstock_hint_page) << '\n';
#define PENSTOCK_PLACE(type, field) \
    layout << #type "." #field " " << offsetof(penstock_##type, field) << '\n'
    PENSTOCK_PLACE(hint_header, magic);
    PENSTOCK_PLACE(hint_header, abi);
    PENSTOCK_PLACE(hint_header, size);
    PENSTOCK_PLACE(hint_page, progress);
    PENSTOCK_PLACE(hint_page, unit);
    PENSTOCK_PLACE(hint_page, phase);
    PENSTOCK_PLACE(hint_page, next_bytes);
    PENSTOCK_PLACE(hint_page, batch);
#undef PENSTOCK_PLACE
    std::ostringstream golden;
    golden << std::ifstream(PENSTOCK_HINT_LAYOUT).rdbuf();
    EXPECT_EQ(layout.str(), golden.str());
}

// A process that ends with the test, or before.
class Sleeper {
  public:
    Sleeper() : pid_(::fork()) {
        if (pid_ == 0) {
            ::pause();
            ::_exit(0);
        }
        pidfd_ = open_pidfd(pid_).value();
    }

    ~Sleeper() { end(); }

    Sleeper(const Sleeper&) = delete;
    Sleeper& operator=(const Sleeper&) = delete;
    Sleeper(Sleeper&&) = delete;
    Sleeper& operator=(Sleeper&&) = delete;

    void end() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
            pid_ = 0;
        }
    }

    [[nodiscard]] int fd() const { return pidfd_.get(); }

  private:
    pid_t pid_;
    Fd pidfd_{};
};

Incarnation process(std::uint32_t pid) {
    return {.pid = pid, .start_ticks = 7};
}

// Of processes by name: their pidfds are all that of one sleeper.
class Pages : public testing::Test {
  protected:
    Result<Fd> open(std::uint32_t pid, std::uint32_t uid = 1000) {
        return pages.open(process(pid), sleeper.fd(), uid);
    }

    Result<Fd> open_each(std::uint32_t first, std::size_t count, std::uint32_t uid) {
        Result<Fd> last = fail("none");
        for (std::uint32_t pid = first; pid < first + count; ++pid) {
            last = open(pid, uid);
        }
        return last;
    }

    Sleeper sleeper{};
    // Processes have queues from pid 100 on, and are the owners of their pids.
    HintPages pages{[](const Incarnation& who) { return OwnerId{who.pid >= 100 ? who.pid : 0}; }};
};

TEST_F(Pages, are_the_same_for_a_process_that_registers_again) {
    Written first(open(1).value());
    Written second(open(1).value());
    first->progress = 5;
    EXPECT_EQ(second->progress, 5U);
    EXPECT_EQ(pages.size(), 1U);
}

TEST_F(Pages, belong_to_one_incarnation_of_a_pid) {
    Written first(open(1).value());
    Written next(pages.open({.pid = 1, .start_ticks = 8}, sleeper.fd(), 1000).value());
    first->progress = 5;
    EXPECT_EQ(next->progress, 0U);
}

TEST_F(Pages, are_read_twice_a_second_once_there_are_queues) {
    Written without(open(7).value());
    Written written(open(100).value());
    without->progress = 3;
    written->progress = 12;
    written->unit = PENSTOCK_UNIT_STEPS;
    Readings readings;
    pages.read(TimePoint(10s), readings);
    pages.read(TimePoint(10s) + 499ms, readings);
    ASSERT_EQ(readings.counters.size(), 1U);
    const CounterReading& reading = readings.counters.at(0);
    EXPECT_EQ(reading.subject.place, place_of(OwnerId{100}));
    EXPECT_EQ(reading.subject.quantity, Quantity::progress);
    EXPECT_EQ(reading.count, 12U);
    EXPECT_EQ(reading.by.taken, TimePoint(10s));
    EXPECT_EQ(reading.by.confidence, Confidence::heuristic);
    ASSERT_EQ(readings.hints.size(), 1U);
    EXPECT_EQ(readings.hints.at(0).hints.unit, ProgressUnit::steps);
    pages.read(TimePoint(10s) + 500ms, readings);
    EXPECT_EQ(readings.counters.size(), 2U);
}

TEST_F(Pages, are_bounded_for_each_user_and_for_all) {
    ASSERT_TRUE(open_each(1, HintPages::most_of_a_user, 1000));
    const Result<Fd> more = open(900, 1000);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, EDQUOT);
    EXPECT_THAT(more.error().message(), HasSubstr("64 processes of uid 1000 have hint pages"));
    EXPECT_TRUE(open(1, 1000)) << "who has one keeps it";
    for (std::uint32_t user = 1; user < HintPages::most / HintPages::most_of_a_user; ++user) {
        ASSERT_TRUE(open_each(1000 * user, HintPages::most_of_a_user, 1000 + user));
    }
    EXPECT_EQ(pages.size(), HintPages::most);
    const Result<Fd> beyond = open(900, 5000);
    ASSERT_FALSE(beyond);
    EXPECT_THAT(beyond.error().message(), HasSubstr("512 processes have hint pages"));
}

TEST_F(Pages, are_freed_when_their_process_ends_whoever_holds_its_descriptors) {
    Sleeper other;
    const Fd client = open(1).value();
    ASSERT_TRUE(pages.open(process(2), other.fd(), 1000));
    Written written(client);
    sleeper.end();
    pollfd news{.fd = pages.fd(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&news, 1, 1000), 1);
    pages.bury();
    EXPECT_EQ(pages.size(), 1U);
    // We still hold the pidfd and the page, as a hostile client would.
    EXPECT_EQ(::poll(&news, 1, 0), 0) << "a death is told once";
    written->progress = 7;
    Readings readings;
    pages.read(TimePoint(10s), readings);
    EXPECT_TRUE(readings.counters.empty());
}

TEST_F(Pages, are_not_given_for_what_can_not_be_watched) {
    const Fd no_process = open_path("/dev/null", O_RDONLY).value();
    EXPECT_FALSE(pages.open(process(1), no_process.get(), 1000));
    EXPECT_FALSE(pages.open(process(1), -1, 1000));
    EXPECT_EQ(pages.size(), 0U);
}

}  // namespace
}  // namespace penstock
