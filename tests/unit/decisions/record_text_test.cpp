// SPDX-License-Identifier: Apache-2.0
//
// Opening a record, and telling its account where the record is odd.

#include "sim/record/record_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include "sim/record/placement.h"
#include "sim/record/record_account.h"
#include "sim/record/seconds.h"
#include "tests/fakes/machine.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* beginning = "{\"penstock_decisions\"";

// What is read back of a file that holds `text`, and whether it was taken for decisions.
std::pair<std::string, bool> reopened(const std::string& text) {
    const std::string file = testing::TempDir() + "penstock_record_text";
    std::ofstream(file, std::ios::binary) << text;
    const Result<RecordText> record = open_record(file);
    EXPECT_EQ(std::remove(file.c_str()), 0);
    EXPECT_TRUE(record);
    return {std::string(std::istreambuf_iterator<char>(*record->text), {}), record->of_decisions};
}

TEST(RecordText, gives_back_every_byte_that_it_looked_at) {
    for (const std::size_t more : {0U, 1U, 65536U, 65537U, 200'000U}) {
        const std::string decisions = beginning + std::string(more, '\xff');
        EXPECT_EQ(reopened(decisions), std::pair(decisions, true)) << more;
        const std::string others = "{\"penstock_recording\"" + std::string(more, '\0');
        EXPECT_EQ(reopened(others), std::pair(others, false)) << more;
    }
}

TEST(RecordText, takes_nothing_for_decisions_that_only_begins_so) {
    const std::string whole = beginning;
    for (const std::string& text :
         {std::string(), whole.substr(0, whole.size() - 1), " " + whole}) {
        EXPECT_EQ(reopened(text), std::pair(text, false));
    }
}

TEST(RecordText, tells_which_file_it_can_not_open) {
    const Result<RecordText> record = open_record("/nowhere/run.ndjson");
    ASSERT_FALSE(record);
    EXPECT_THAT(record.error().message(), HasSubstr("open /nowhere/run.ndjson"));
}

TEST(Seconds, grow_to_the_longest_time_and_no_further) {
    Duration sum = Duration::max() - 1ns;
    grow(sum, 1ns);
    EXPECT_EQ(sum, Duration::max());
    grow(sum, 1h);
    EXPECT_EQ(sum, Duration::max());
    EXPECT_EQ(both(Duration::max(), Duration::max()), Duration::max());
}

TEST(RecordAccount, names_who_was_never_seen_by_number_and_claims_no_pid) {
    RecordAccount account;
    const Grounds by_stranger{.reason = Reason::turn_of_another, .cause = OwnerId{9}};
    const Grounds by_nobody{.reason = Reason::operator_request};
    account.owners[OwnerId{1}] = {.pid = 1001, .command = "\x1b[2J\xff"};
    account.owners[OwnerId{1}].suspensions[by_stranger] = {.times = 2, .total = 3ms};
    account.owners[OwnerId{1}].suspensions[by_nobody] = {.times = 1, .total = 1ms};
    account.owners[OwnerId{9}].gained = 3ms;
    const std::string text = report_text(account);
    EXPECT_THAT(text, testing::ContainsRegex("1001 +owner 9 +turn-of-another +2 +0.003"));
    EXPECT_THAT(text, testing::ContainsRegex("1001 +- +operator-request +1 +0.001"));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    const auto told = nlohmann::json::parse(report_json(account));
    EXPECT_EQ(told["owners"][0]["command"], "?[2J?");
    EXPECT_EQ(told["owners"][0]["preemptions"], 3);
    EXPECT_EQ(told["owners"][0]["suspensions"][0]["cause"], nullptr);
    EXPECT_EQ(told["owners"][0]["suspensions"][1]["cause"], 9);
    EXPECT_EQ(told["owners"][0]["suspensions"][1]["cause_pid"], nullptr);
    EXPECT_EQ(told["owners"][1]["pid"], nullptr);
}

TEST(RecordAccount, of_nothing_is_told_without_a_division_by_it) {
    RecordAccount account;
    account.devices[fakes::first_gpu] = {.name = "gpu", .emulated = true, .suspends = 1};
    const std::string text = report_text(account);
    EXPECT_THAT(text, StartsWith("0 ticks in 0.000 s under \n"));
    EXPECT_THAT(text, testing::ContainsRegex("gpu \\(emulated\\) +0.0 +0.0 +0.0 +0.0 +1 +0.0"));
    EXPECT_THAT(text, EndsWith("unknown\n"));
    EXPECT_EQ(nlohmann::json::parse(report_json(account))["devices"][0]["all_wait_share"], 0);
}

// Owners 1 to 3 have work on the first device, owner 4 on the second.
Snapshot four_at_work() {
    fakes::Machine machine;
    machine.owner(1).queue(1).owner(2).queue(2).owner(3).queue(3).owner(4).queue(4,
                                                                                 fakes::second_gpu);
    Snapshot seen = machine.at(10s);
    for (Queue& queue : seen.queues) {
        queue.ring_bytes = 65536;
        queue.written = 3;
        queue.read = 1;
    }
    return seen;
}

TEST(Placement, knows_of_work_only_on_the_device_that_it_is_asked_of) {
    Snapshot seen = four_at_work();
    EXPECT_TRUE(has_work(seen, OwnerId{4}, fakes::second_gpu));
    EXPECT_FALSE(has_work(seen, OwnerId{4}, fakes::first_gpu));
    EXPECT_FALSE(has_work(seen, OwnerId{5}, fakes::first_gpu));
    seen.queues[0].written.reset();
    EXPECT_FALSE(has_work(seen, OwnerId{1}, fakes::first_gpu)) << "what is not known is none";
}

TEST(Placement, fills_the_runners_by_rank_and_gives_turns_where_a_rank_does_not_fit) {
    const Snapshot seen = four_at_work();
    DeviceOrder order{.gpu = fakes::first_gpu,
                      .owners = {{.owner = OwnerId{1}, .rank = 9},
                                 {.owner = OwnerId{2}},
                                 {.owner = OwnerId{3}},
                                 {.owner = OwnerId{4}, .rank = 99}}};
    const auto places = [&](std::uint32_t runners) {
        order.runners = runners;
        std::string text;
        each_place(seen, order, [&](OwnerId owner, Place place) {
            constexpr std::string_view letters = "rty";
            text += std::to_string(owner.value) + letters.at(static_cast<std::size_t>(place));
        });
        return text;
    };
    EXPECT_EQ(places(0), "1r2y3y") << "who has no work here is nowhere";
    EXPECT_EQ(places(1), "1r2y3y");
    EXPECT_EQ(places(2), "1r2t3t");
    EXPECT_EQ(places(3), "1r2r3r");
    order.owners[0].held_until = seen.now + 1ns;
    EXPECT_EQ(places(1), "1y2t3t") << "a hold makes room for others";
    order.owners[0].preemptible = false;
    EXPECT_EQ(places(1), "1r2y3y") << "nobody can hold it";
    order.owners[0] = {.owner = OwnerId{1}, .rank = 9, .held_until = seen.now};
    EXPECT_EQ(places(1), "1r2y3y") << "the hold is over";
}

}  // namespace
}  // namespace penstock::sim
