// SPDX-License-Identifier: Apache-2.0

#include "sim/record/decision_replay.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "sim/record/placement.h"
#include "tests/fakes/machine.h"
#include "tests/unit/decisions/taped.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;
using decisions::Tape;
using testing::HasSubstr;

ReplayFigures replayed(const std::string& text, const std::optional<Decider>& decider = {}) {
    Result<decisions::DecisionReader> record = decisions::open_text(text);
    ReplayFigures figures;
    const Result<> done = replay_decisions(*record, decider, figures);
    EXPECT_TRUE(done) << done.error().message();
    return figures;
}

// Two owners, of which the second has the higher priority; both have work.
Snapshot two_at_work(Duration now) {
    fakes::Machine machine;
    machine.owner(1).queue(1).owner(2, {.priority = 5}).queue(2);
    Snapshot seen = machine.at(now);
    for (Queue& queue : seen.queues) {
        queue.ring_bytes = 65536;
        queue.written = 3;
        queue.read = 1;
    }
    return seen;
}

// The golden one: whatever is in the catalogue, and whatever changes on the way.
TEST(DecisionReplay, of_the_recorded_policy_differs_nowhere) {
    for (const CatalogueEntry& entry : catalogue()) {
        Tape tape{std::string(entry.name)};
        for (int tick = 1; tick <= 20; ++tick) {
            Snapshot seen = two_at_work(tick * 10ms);
            seen.owners[0].priority = tick % 7;
            seen.preemption_enabled = tick % 5 != 0;
            tape.see(seen);
        }
        const ReplayFigures figures = replayed(tape.end());
        EXPECT_EQ(figures.differences, 0U) << entry.name;
        EXPECT_EQ(figures.ticks, 20U);
        EXPECT_EQ(figures.recorded, entry.name);
    }
}

TEST(DecisionReplay, counts_ticks_that_were_recorded_otherwise_and_names_the_first) {
    Tape tape("fixed-priority");
    tape.see(two_at_work(1ms));
    tape.see(two_at_work(2ms), Decision{});
    tape.see(two_at_work(3ms), Decision{});
    const ReplayFigures figures = replayed(tape.end());
    EXPECT_EQ(figures.ticks, 3U);
    EXPECT_EQ(figures.differences, 2U);
    EXPECT_EQ(figures.first_line, 5U);
    EXPECT_THAT(replay_text(figures, {}), HasSubstr("decides otherwise at 2\n"));
}

TEST(DecisionReplay, of_another_policy_tells_how_owners_would_have_been_placed) {
    Tape tape("fixed-priority");
    tape.see(two_at_work(0ms)).see(two_at_work(100ms)).see(two_at_work(250ms));
    const Decider fair{.policy = "fair-share"};
    const ReplayFigures figures = replayed(tape.end(), fair);
    EXPECT_EQ(figures.differences, 3U);
    const OwnerCourse& low = figures.owners.at(OwnerId{1});
    EXPECT_EQ(low.recorded.yields, 250ms);
    EXPECT_EQ(low.recorded.runs, 0ms);
    EXPECT_EQ(low.replayed.turns, 250ms);
    EXPECT_EQ(figures.owners.at(OwnerId{2}).recorded.runs, 250ms);
    const auto told = nlohmann::json::parse(replay_json(figures, fair));
    EXPECT_EQ(told["policy"], "fair-share");
    EXPECT_EQ(told["recorded_policy"], "fixed-priority");
    EXPECT_EQ(told["owners"][0]["replayed"]["turns_seconds"], 0.25);
}

// They change nothing but the settle time of each order here.
TEST(DecisionReplay, gives_settings_to_the_policy) {
    Tape tape("fixed-priority");
    tape.see(two_at_work(1ms));
    EXPECT_EQ(replayed(tape.end(), Decider{.policy = "fixed-priority"}).differences, 0U);
    const Decider other{.policy = "fixed-priority", .settings = {.settle = 7ms}};
    EXPECT_EQ(replayed(tape.text(), other).differences, 1U);
}

// Each has to begin at its own line: a policy may remember what it saw.
TEST(DecisionReplay, follows_the_record_from_policy_to_policy) {
    decisions::DecisionWriter writer({}, decisions::longest_record);
    writer.limited({});
    const Snapshot seen = two_at_work(1ms);
    for (const char* name : {"fixed-priority", "round-robin"}) {
        writer.followed(name, {});
        writer.ticked(seen, Guard(Guard::Limits{}).trim((*make_policy(name))->decide(seen), seen));
    }
    writer.ended("");
    const ReplayFigures figures = replayed(writer.waiting());
    EXPECT_EQ(figures.differences, 0U);
    EXPECT_EQ(figures.recorded, "fixed-priority, round-robin");
}

// A record of a later version may name one that is not here.
TEST(DecisionReplay, needs_a_policy_that_there_is) {
    for (const auto& [lines, sentence] :
         {std::pair{R"({"tick":{"now_ns":5}})", "line 2: nobody decides"},
          std::pair{R"({"policy":"dice","settings":{}})", "line 2: there is no policy \"dice\""}}) {
        Result<decisions::DecisionReader> record =
            decisions::open_text(decisions::head_line + lines + "\n");
        ReplayFigures figures;
        const Result<> done = replay_decisions(*record, std::nullopt, figures);
        ASSERT_FALSE(done);
        EXPECT_THAT(done.error().message(), testing::StartsWith(sentence));
    }
}

TEST(Placement, tells_those_who_run_from_those_who_yield_or_take_turns) {
    Snapshot seen = two_at_work(1ms);
    DeviceOrder order{.gpu = fakes::first_gpu,
                      .owners = {{.owner = OwnerId{1}, .rank = 1}, {.owner = OwnerId{2}}}};
    const auto place_of = [&](std::uint64_t id) {
        std::optional<Place> found;
        each_place(seen, order, [&](OwnerId owner, Place place) {
            found = owner.value == id ? place : found;
        });
        return found;
    };
    EXPECT_EQ(place_of(1), Place::runs);
    EXPECT_EQ(place_of(2), Place::yields);
    order.owners[1].preemptible = false;
    EXPECT_EQ(place_of(2), Place::runs);
    order.owners[1] = {.owner = OwnerId{2}, .rank = 1};
    order.runners = 1;
    EXPECT_EQ(place_of(1), Place::turns);
    order.runners = 2;
    EXPECT_EQ(place_of(1), Place::runs);
    order.owners[0].held_until = TimePoint(5ms);
    EXPECT_EQ(place_of(1), Place::yields);
    seen.queues[1].read = seen.queues[1].written;
    EXPECT_EQ(place_of(2), std::nullopt);
}

}  // namespace
}  // namespace penstock::sim
