// SPDX-License-Identifier: Apache-2.0

#include "sim/record/record_account.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/fakes/machine.h"
#include "tests/unit/decisions/taped.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;
using decisions::Tape;
using testing::HasSubstr;

RecordAccount accounted(const std::string& text) {
    Result<decisions::DecisionReader> record = decisions::open_text(text);
    RecordAccount account;
    const Result<> done = account_for(*record, account);
    EXPECT_TRUE(done) << done.error().message();
    return account;
}

// Owner 1 has work and is suspended or not; owner 2, of a higher priority, has work or not.
Snapshot at(Duration now, bool suspended, bool wanted) {
    fakes::Machine machine;
    machine.owner(1).queue(1).owner(2, {.priority = 5}).queue(2);
    Snapshot seen = machine.at(now);
    seen.devices.push_back({.gpu = fakes::first_gpu, .name = "gfx942"});
    seen.owners[0].tenures[0].suspended = suspended;
    for (Queue& queue : seen.queues) {
        queue.ring_bytes = 65536;
        queue.written = 3;
        queue.read = queue.key.owner.value == 1 || wanted ? 1 : 3;
    }
    return seen;
}

wire::Acted act(Verb verb, Duration done, Reason reason, std::uint64_t cause = 0) {
    return {.owner = OwnerId{1},
            .gpu = fakes::first_gpu,
            .verb = verb,
            .reason = reason,
            .queues = 1,
            .cause = OwnerId{cause},
            .entered_ns = (done - 50us).count(),
            .done_ns = done.count()};
}

// Seen at ticks of 10 ms, done by the gate 2 ms before them.
TEST(RecordAccount, tells_who_waited_for_whom_and_what_it_cost) {
    Tape tape("fixed-priority");
    tape.see(at(0ms, false, false))
        .acted(act(Verb::suspend, 8ms, Reason::higher_rank_has_work, 2))
        .see(at(10ms, true, true))
        .acted(act(Verb::resume, 18ms, Reason::higher_rank_drained))
        .see(at(20ms, false, false))
        .see(at(40ms, false, false));
    const RecordAccount account = accounted(tape.end());
    const OwnerAccount& low = account.owners.at(OwnerId{1});
    EXPECT_EQ(low.had_work, 40ms);
    EXPECT_EQ(low.suspended, 10ms);
    EXPECT_EQ(low.suspending, 50us);
    EXPECT_EQ(low.resuming, 50us);
    const Grounds grounds{.reason = Reason::higher_rank_has_work, .cause = OwnerId{2}};
    const Suspensions& sum = low.suspensions.at(grounds);
    EXPECT_EQ(sum.times, 1U);
    EXPECT_EQ(sum.longest, 10ms);
    EXPECT_EQ(sum.longest_since, TimePoint(8ms));
    EXPECT_EQ(account.owners.at(OwnerId{2}).gained, 10ms);
    EXPECT_EQ(account.owners.at(OwnerId{2}).had_work, 10ms);
    const DeviceAccount& device = account.devices.at(fakes::first_gpu);
    EXPECT_EQ(device.seen, 40ms);
    EXPECT_EQ(device.one_works, 30ms);
    EXPECT_EQ(device.several_work, 10ms);
    EXPECT_EQ(device.anybody_waits, 10ms);
    EXPECT_EQ(device.all_wait, 0ms);
    EXPECT_EQ(device.suspends, 1U);
}

// By the gate's death, and by the end of the record.
TEST(RecordAccount, ends_suspensions_that_nobody_told_the_end_of) {
    Tape tape("fixed-priority");
    tape.see(at(0ms, false, true))
        .acted(act(Verb::suspend, 5ms, Reason::turn_of_another, 2))
        .see(at(10ms, true, true))
        .see(at(30ms, false, true))  // The gate has died.
        .acted(act(Verb::suspend, 35ms, Reason::turn_of_another, 2))
        .see(at(40ms, true, true))
        .see(at(60ms, true, true));
    const RecordAccount account = accounted(tape.end());
    EXPECT_EQ(account.owners.at(OwnerId{1}).suspended, 50ms);
    EXPECT_EQ(account.owners.at(OwnerId{2}).gained, 50ms);
}

// Neither took anything from the owner as a whole.
TEST(RecordAccount, counts_failures_and_holds_apart) {
    wire::Acted failed = act(Verb::suspend, 5ms, Reason::higher_rank_has_work, 2);
    failed.error = 5;
    wire::Acted hold = act(Verb::suspend, 6ms, Reason::operator_request);
    hold.queue = 1;
    Tape tape("fixed-priority");
    tape.see(at(0ms, false, true)).acted(failed).acted(hold).see(at(10ms, false, true));
    const RecordAccount account = accounted(tape.end());
    EXPECT_EQ(account.owners.at(OwnerId{1}).failures, 1U);
    EXPECT_EQ(account.owners.at(OwnerId{1}).holds, 1U);
    EXPECT_EQ(account.owners.at(OwnerId{1}).suspended, 0ms);
}

// Fewer owners and fewer devices than there may be, but all of them on all of these.
TEST(RecordAccount, of_a_record_with_endless_suspensions_ends_early) {
    Tape tape("fixed-priority");
    tape.see(at(0ms, false, true));
    for (std::uint32_t number = 0; number < 65'537; ++number) {
        wire::Acted suspended = act(Verb::suspend, 5ms, Reason::turn_of_another, number + 1);
        suspended.owner = OwnerId{(number % 100) + 1};
        suspended.gpu = GpuId{(number / 100) + 1};
        tape.acted(suspended);
    }
    Result<decisions::DecisionReader> record = decisions::open_text(tape.end());
    RecordAccount account;
    const Result<> done = account_for(*record, account);
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().message(), HasSubstr("too many owners, devices, reasons"));
}

TEST(RecordAccount, is_told_as_text_and_as_json) {
    Tape tape("fixed-priority");
    tape.see(at(0ms, false, true))
        .acted(act(Verb::suspend, 8ms, Reason::higher_rank_has_work, 2))
        .see(at(10ms, true, true))
        .see(at(20ms, true, true));
    const RecordAccount account = accounted(tape.end());
    const std::string text = report_text(account);
    EXPECT_THAT(text, HasSubstr("under fixed-priority; then the test is over"));
    EXPECT_THAT(text, testing::ContainsRegex("1001 +1002 +higher-rank-has-work +1 +0.012"));
    const auto told = nlohmann::json::parse(report_json(account));
    EXPECT_EQ(told["owners"][0]["suspensions"][0]["cause_pid"], 1002);
    EXPECT_EQ(told["owners"][0]["preemptions"], 1);
    EXPECT_EQ(told["devices"][0]["gpu_id"], fakes::first_gpu.value);
    EXPECT_EQ(told["devices"][0]["busy_mean"], nullptr);
}

}  // namespace
}  // namespace penstock::sim
