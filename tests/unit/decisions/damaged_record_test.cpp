// SPDX-License-Identifier: Apache-2.0
//
// Records that were damaged, or made up to do damage: each is answered with a sentence, and none
// with numbers from which a policy's sums would overflow.

#include <gmock/gmock.h>

#include <cmath>

#include "tests/fakes/machine.h"
#include "tests/unit/decisions/taped.h"

namespace penstock::decisions {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using namespace std::chrono_literals;

constexpr const char* end_line = "{\"end\":\"x\"}\n";

std::string tick(const std::string& members) {
    return R"({"tick":{)" + members + "}}\n";
}

std::string owner_tick(const std::string& members) {
    return tick(R"("owners":[{"id":3,)" + members + "}]");
}

// What is wrong with a line that stands before a proper end.
std::string objection_before_end(const std::string& line) {
    return objection_to(line + end_line);
}

// A few lines of each kind, as they are shipped.
std::string short_record() {
    Tape tape("fixed-priority");
    for (int number = 1; number <= 2; ++number) {
        tape.see(fakes::Machine().owner(1, {.priority = number}).queue(1).at(number * 10ms));
    }
    return tape.acted({.owner = OwnerId{1}, .gpu = fakes::first_gpu, .done_ns = 9}).end();
}

std::string verdict_on(const std::string& record) {
    Result<DecisionReader> reader = open_text(record);
    if (!reader) {
        return reader.error().message();
    }
    Result<Event> event = reader->next();
    while (event && !std::holds_alternative<Ended>(*event)) {
        event = reader->next();
    }
    return event ? "" : event.error().message();
}

TEST(DamagedRecord, is_recognised_wherever_it_was_cut) {
    const std::string whole = short_record();
    ASSERT_EQ(verdict_on(whole), "");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        ASSERT_THAT(verdict_on(whole.substr(0, length)),
                    AnyOf(StartsWith("line "), "the record is empty"))
            << length;
    }
}

TEST(DamagedRecord, with_any_byte_replaced_is_read_or_answered_with_its_line) {
    const std::string whole = short_record();
    for (std::size_t place = 0; place < whole.size(); ++place) {
        for (const char byte : {'\0', '"', '9', '-', '}', '\n', '\\', '\xff'}) {
            std::string damaged = whole;
            damaged[place] = byte;
            ASSERT_THAT(verdict_on(damaged), AnyOf(IsEmpty(), StartsWith("line "))) << place;
        }
    }
}

TEST(DamagedRecord, has_no_deadline_or_cost_beyond_an_hour_or_below_nothing) {
    for (const std::string name : {"deadline_ns", "cost_ns"}) {
        const auto with = [&](const char* value) {
            return objection_before_end(owner_tick('"' + name + "\":" + value));
        };
        EXPECT_EQ(with("3600000000000"), "") << name;
        EXPECT_EQ(with("0"), "") << name;
        for (const char* wrong : {"3600000000001", "-1", "2305843009213693952"}) {
            EXPECT_EQ(with(wrong), "line 2: owner 3 has a deadline or a cost that nobody can have")
                << name << ' ' << wrong;
        }
    }
}

// Each of them is taken times something by one policy or another.
TEST(DamagedRecord, has_no_setting_beyond_an_hour_or_below_nothing) {
    for (const std::string name : {"settle_ns", "quantum_ns", "aging_ns", "guard_ns"}) {
        const auto with = [&](const char* value) {
            return objection_before_end(R"({"policy":"x","settings":{")" + name + "\":" + value +
                                        "}}\n");
        };
        EXPECT_EQ(with("3600000000000"), "") << name;
        EXPECT_EQ(with("null"), "") << name;
        EXPECT_THAT(with("3600000000001"), HasSubstr("a value that no policy takes")) << name;
        EXPECT_THAT(with("-1"), HasSubstr("a value that no policy takes")) << name;
    }
    EXPECT_THAT(objection_before_end(R"({"policy":"x","settings":{"patience":"nan"}})"
                                     "\n"),
                HasSubstr("a value that no policy takes"));
}

TEST(DamagedRecord, is_passed_over_however_deep_it_is_nested_where_nobody_looks) {
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    EXPECT_EQ(objection_before_end(tick("\"weather\":" + deep)), "");
    EXPECT_EQ(objection_before_end(std::string(100'000, '[') + '\n'),
              "line 2: it is not a JSON object");
    EXPECT_THAT(objection_before_end(owner_tick("\"pid\":" + deep)),
                StartsWith("line 2: \"tick.owners.pid\" is not a whole number"));
}

TEST(DamagedRecord, has_no_numbers_but_whole_ones_that_their_type_holds) {
    for (const char* wrong :
         {"5.0", "5e0", "\"5\"", "null", "true", "[5]", "4294967296", "18446744073709551616"}) {
        EXPECT_THAT(objection_before_end(owner_tick(std::string("\"pid\":") + wrong)),
                    StartsWith("line 2: \"tick.owners.pid\" is not a whole number"))
            << wrong;
    }
    EXPECT_EQ(objection_before_end(owner_tick(R"("pid":4294967295)")), "");
    EXPECT_EQ(objection_before_end(owner_tick(R"("class":3)")), "");
    EXPECT_THAT(objection_before_end(owner_tick(R"("class":4)")), HasSubstr("from 0 to 3"));
    EXPECT_THAT(objection_before_end(owner_tick(R"("use":null)")), HasSubstr("is not an object"));
}

TEST(DamagedRecord, may_have_line_ends_of_two_bytes_and_no_empty_lines) {
    EXPECT_EQ(objection_to("{\"end\":\"x\"}\r\n"), "");
    EXPECT_EQ(objection_before_end("\n"), "line 2: it is not a JSON object");
    EXPECT_EQ(objection_before_end(std::string(1, '\0') + '\n'), "line 2: it is not a JSON object");
}

TEST(DecisionReader, keeps_items_sorted_and_single_in_whichever_order_they_are_told) {
    Result<DecisionReader> reader = open_text(
        head_line + tick(R"("owners":[{"id":9},{"id":3,"pid":1},{"id":5},{"id":3,"pid":2}])") +
        tick(R"("owners":[{"id":4,"gone":true},{"id":5,"gone":1},{"id":9,"gone":false}])"));
    for (int ticks = 0; ticks < 2; ++ticks) {
        ASSERT_TRUE(reader->next());
        const std::vector<Owner>& owners = reader->seen().owners;
        ASSERT_EQ(owners.size(), 3U)
            << "nobody is gone who was not there, or whom true is not said";
        EXPECT_TRUE(std::ranges::is_sorted(owners, {}, &Owner::id));
        EXPECT_EQ(owners[0].pid, 2U) << "the later one counts";
    }
}

TEST(DecisionReader, takes_null_for_what_is_not_known_any_more) {
    const std::string key = R"("queues":[{"key":{"owner":3,"gpu":7,"number":0},"written":)";
    Result<DecisionReader> reader =
        open_text(head_line + tick(key + "5}]") + tick(R"("now_ns":1)") + tick(key + "null}]"));
    ASSERT_TRUE(reader->next());
    ASSERT_TRUE(reader->next());
    EXPECT_EQ(reader->seen().queues.at(0).written, 5U) << "what is not told stays";
    ASSERT_TRUE(reader->next());
    EXPECT_EQ(reader->seen().queues.at(0).written, std::nullopt);
}

TEST(DecisionReader, knows_words_for_numbers_that_json_has_not_and_no_others) {
    const auto node = [](const std::string& value) {
        return tick(R"("memory":[{"number":0,"utilization":{"value":)" + value + "}}]");
    };
    Result<DecisionReader> reader =
        open_text(head_line + node(R"("nan")") + node(R"("-inf")") + node("-0.0"));
    const auto next = [&] {
        EXPECT_TRUE(reader->next());
        return reader->seen().memory.at(0).utilization.value.value_or(99);
    };
    EXPECT_TRUE(std::isnan(next()));
    EXPECT_EQ(next(), -HUGE_VAL);
    EXPECT_TRUE(std::signbit(next()));
    EXPECT_THAT(objection_before_end(node(R"("NaN")")), HasSubstr("is not a number"));
}

}  // namespace
}  // namespace penstock::decisions
