// SPDX-License-Identifier: Apache-2.0
//
// Reports of a process: where they go with an agent's page, without one, and after a fork.

#include "client/libpenstock/hint_view.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>
#include <vector>

#include "agent/probes/hints/hint_page.h"
#include "base/sealed_page.h"
#include "client/libpenstock/client.h"
#include "client/libpenstock/include/penstock/penstock.h"

namespace penstock::client {
namespace {

using testing::HasSubstr;

// What the agent reads is what was reported: both ends are the shipped ones.
class Reports : public testing::Test {
  protected:
    void SetUp() override {
        const penstock_options options{.size = sizeof(penstock_options),
                                       .bus = "unix:path=/nonexistent/bus",
                                       .wait_ms = 0,
                                       .node = PENSTOCK_ALL_NODES,
                                       .critical = 0};
        ASSERT_EQ(penstock_open(&options, &client), 0) << penstock_error();
    }

    void TearDown() override { penstock_close(client); }

    void show(const HintPage& given) {
        const Result<> shown = client->hints->show(given.for_client().value());
        ASSERT_TRUE(shown) << shown.error().message();
    }

    int say(std::uint32_t unit, std::uint32_t phase, std::uint32_t batch, std::uint64_t bytes) {
        const penstock_hints hints{.size = sizeof(penstock_hints),
                                   .unit = unit,
                                   .phase = phase,
                                   .batch = batch,
                                   .next_bytes = bytes};
        return penstock_report_hints(client, &hints);
    }

    penstock_client* client = nullptr;
    HintPage page = HintPage::make().value();
};

TEST_F(Reports, do_nothing_without_an_agent_and_say_why) {
    EXPECT_FALSE(client->hints->wanted());
    EXPECT_EQ(penstock_report_progress(client, 5), -ENODATA);
    EXPECT_THAT(penstock_error(), HasSubstr("no agent reads reports yet"));
    EXPECT_EQ(say(PENSTOCK_UNIT_TOKENS, PENSTOCK_PHASE_DECODE, 8, 1), -ENODATA);
    EXPECT_TRUE(client->hints->wanted()) << "from now on a page is asked for";
}

TEST_F(Reports, are_read_by_the_agent) {
    show(page);
    EXPECT_EQ(penstock_report_progress(client, 5), 0);
    EXPECT_EQ(penstock_report_progress(client, 7), 0);
    EXPECT_EQ(say(PENSTOCK_UNIT_TOKENS, PENSTOCK_PHASE_DECODE, 8, 100), 0);
    EXPECT_EQ(page.read().progress, 12U);
    EXPECT_EQ(page.read().hints,
              (Hints{.unit = ProgressUnit::tokens,
                     .phase = WorkPhase::decode,
                     .batch = 8,
                     .next_bytes = 100}));
}

TEST_F(Reports, add_up_over_threads) {
    show(page);
    std::vector<std::thread> threads;
    for (int each = 0; each < 4; ++each) {
        threads.emplace_back([this] {
            for (int unit = 0; unit < 10'000; ++unit) {
                penstock_report_progress(client, 1);
            }
        });
    }
    for (std::thread& each : threads) {
        each.join();
    }
    EXPECT_EQ(page.read().progress, 40'000U);
}

TEST_F(Reports, go_on_with_the_next_agent) {
    show(page);
    say(PENSTOCK_UNIT_STEPS, PENSTOCK_PHASE_TRAINING, 0, 0);
    penstock_report_progress(client, 5);
    client->hints->withdraw();
    EXPECT_EQ(penstock_report_progress(client, 5), -ENODATA);
    EXPECT_EQ(page.read().progress, 10U) << "it does no harm";
    const HintPage next = HintPage::make().value();
    show(next);
    EXPECT_EQ(next.read().hints.unit, ProgressUnit::steps) << "what was said is said again";
    EXPECT_EQ(penstock_report_progress(client, 3), 0);
    EXPECT_EQ(next.read().progress, 3U);
    EXPECT_EQ(page.read().progress, 10U);
}

TEST_F(Reports, of_two_clients_of_one_process_share_its_page) {
    penstock_client* first = client;
    SetUp();
    show(page);
    say(PENSTOCK_UNIT_TOKENS, PENSTOCK_PHASE_UNKNOWN, 0, 0);
    penstock_client* second = std::exchange(client, first);
    show(page);
    penstock_report_progress(first, 1);
    penstock_report_progress(second, 2);
    EXPECT_EQ(page.read().progress, 3U);
    EXPECT_EQ(page.read().hints.unit, ProgressUnit::tokens)
        << "who said nothing takes nothing back";
    penstock_close(second);
}

TEST_F(Reports, of_a_child_are_not_its_parents) {
    show(page);
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(penstock_report_progress(client, 5) == -ECHILD &&
                        say(PENSTOCK_UNIT_STEPS, 0, 0, 0) == -ECHILD
                    ? 0
                    : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(page.read().progress, 0U);
    EXPECT_EQ(page.read().hints, Hints());
}

TEST_F(Reports, that_make_no_sense_are_refused) {
    EXPECT_EQ(penstock_report_progress(nullptr, 1), -EINVAL);
    EXPECT_EQ(penstock_report_hints(nullptr, nullptr), -EINVAL);
    EXPECT_EQ(penstock_report_hints(client, nullptr), -EINVAL);
    const penstock_hints sizeless{};
    EXPECT_EQ(penstock_report_hints(client, &sizeless), -EINVAL);
    show(page);
    EXPECT_EQ(say(PENSTOCK_UNIT_FRAMES + 1, 0, 0, 0), -EINVAL);
    EXPECT_EQ(say(0, PENSTOCK_PHASE_TRAINING + 1, 0, 0), -EINVAL);
    EXPECT_EQ(say(0, 0, PENSTOCK_HINT_MOST_BATCH + 1, 0), -EINVAL);
    EXPECT_EQ(say(0, 0, 0, PENSTOCK_HINT_MOST_BYTES + 1), -EINVAL);
    EXPECT_THAT(penstock_error(), HasSubstr("a hint is out of range"));
    EXPECT_EQ(page.read().hints, Hints());
}

TEST_F(Reports, are_written_to_no_page_that_could_be_shortened) {
    const Fd open_ended(::memfd_create("page", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    ASSERT_EQ(::ftruncate(open_ended.get(), PENSTOCK_HINT_SIZE), 0);
    EXPECT_EQ(client->hints->show(open_ended).error().code, EBADMSG);
    const Fd no_file = open_path("/dev/null", O_RDWR).value();
    EXPECT_EQ(client->hints->show(no_file).error().code, EBADMSG);
    ASSERT_EQ(::fcntl(open_ended.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW), 0);
    EXPECT_EQ(client->hints->show(open_ended).error().code, EPROTO) << "it has no header";
    const Fd read_only = SealedPage::make("page", PENSTOCK_HINT_SIZE)->reader().value();
    EXPECT_FALSE(client->hints->show(read_only));
    EXPECT_FALSE(client->hints->shown());
    EXPECT_EQ(penstock_report_progress(client, 1), -ENODATA) << "and the place is still ours";
}

}  // namespace
}  // namespace penstock::client
