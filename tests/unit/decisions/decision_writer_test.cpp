// SPDX-License-Identifier: Apache-2.0

#include "agent/decisions/decision_writer.h"

#include <gmock/gmock.h>

#include "tests/fakes/machine.h"
#include "tests/unit/decisions/taped.h"

namespace penstock::decisions {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string last_line(const std::string& text) {
    const std::size_t before = text.rfind('\n', text.size() - 2);
    return text.substr(before + 1, text.size() - before - 2);
}

TEST(DecisionWriter, tells_only_what_has_changed) {
    fakes::Machine machine;
    machine.owner(1).queue(1).owner(2, {.priority = 5}).queue(2);
    Tape tape("fixed-priority");
    tape.see(machine.at(1ms));
    EXPECT_THAT(tape.text(), HasSubstr(R"("command":"program-2")"));
    tape.see(machine.at(2ms));
    EXPECT_EQ(last_line(tape.text()), R"({"tick":{"now_ns":2000000}})");
    Snapshot lower = machine.at(3ms);
    lower.owners[1].priority = 0;
    tape.see(lower);
    EXPECT_EQ(last_line(tape.text()),
              R"({"tick":{"now_ns":3000000,"owners":[{"id":2,"priority":0}]},)"
              R"("decision":{"orders":[{"gpu":4097,"owners":[{"owner":2,"rank":0}]}]}})");
}

TEST(DecisionWriter, ends_when_it_is_as_long_as_it_may_be) {
    fakes::Machine machine;
    machine.owner(1).queue(1);
    Tape tape("fixed-priority", 2000);
    for (int tick = 1; tick < 1000; ++tick) {
        tape.see(machine.at(tick * 1ms));
    }
    EXPECT_LE(tape.text().size(), 2000U);
    EXPECT_EQ(last_line(tape.text()), R"({"end":"the record is as long as it may be"})");
    EXPECT_EQ(tape.text(), tape.end());
}

TEST(DecisionWriter, keeps_texts_byte_for_byte) {
    fakes::Machine machine;
    machine.owner(1).queue(1);
    Snapshot seen = machine.at(1ms);
    seen.owners[0].command = "a\"\\\n\xff\xc3\xa4\x80";
    seen.owners[0].level_reason = std::string("\0", 1);
    Result<DecisionReader> reader = open_text(Tape("observe-only").see(seen).end());
    while (!std::holds_alternative<Ticked>(*reader->next())) {
    }
    EXPECT_EQ(reader->seen().owners[0].command, seen.owners[0].command);
    EXPECT_EQ(reader->seen().owners[0].level_reason, seen.owners[0].level_reason);
}

}  // namespace
}  // namespace penstock::decisions
