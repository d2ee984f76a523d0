// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/trace_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/batching/trace_columns.h"

namespace penstock::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view header =
    "id,arrival_us,prompt_tokens,output_tokens,predicted_output_tokens\n";

RawTrace read(std::string_view text) {
    Result<RawTrace> raw = parse_requests("r.csv", text);
    EXPECT_TRUE(raw) << raw.error().message();
    return raw.value_or(RawTrace{});
}

std::string complaint(std::string_view text) {
    const Result<RawTrace> raw = parse_requests("r.csv", text);
    EXPECT_FALSE(raw);
    return raw ? "" : raw.error().message();
}

std::string complaint_of_row(const std::string& row) {
    return complaint(std::string(header) + "0,0,1,1,1\n" + row + "\n");
}

TEST(TraceFile, reads_requests) {
    const RawTrace raw = read(std::string(header) + "4,100,7,3,2\n3,50,0,0,\n");
    ASSERT_EQ(raw.rows.size(), 2U);
    EXPECT_EQ(raw.rows[0].id, 4);
    EXPECT_EQ(raw.rows[0].arrival_us, 100);
    EXPECT_EQ(raw.rows[0].prompt, 7U);
    EXPECT_EQ(raw.rows[0].output, 3U);
    EXPECT_EQ(raw.rows[0].predicted, 2U);
    EXPECT_EQ(raw.rows[1].prompt, 1U) << "each number of tokens is raised to 1";
    EXPECT_EQ(raw.rows[1].output, 1U);
    EXPECT_EQ(raw.rows[1].predicted, 1U) << "an oracle, where nothing is said";
    EXPECT_THAT(raw.by_id, ElementsAre(1, 0));
}

TEST(TraceFile, needs_no_prediction_and_takes_columns_in_any_order) {
    const RawTrace raw = read("output_tokens,mood,id,prompt_tokens,arrival_us\n9,good,1,8,5\n");
    ASSERT_EQ(raw.rows.size(), 1U);
    EXPECT_EQ(raw.rows[0].output, 9U);
    EXPECT_EQ(raw.rows[0].predicted, 9U);
    EXPECT_EQ(raw.rows[0].prompt, 8U);
}

TEST(TraceFile, reads_azures_traces) {
    const RawTrace raw = read(
        "TIMESTAMP,ContextTokens,GeneratedTokens\n"
        "2023-11-16 18:15:46.6805900,374,44\n"
        "2023-11-16 18:15:50.9951690,396,109\n");
    ASSERT_EQ(raw.rows.size(), 2U);
    EXPECT_EQ(raw.rows[1].arrival_us - raw.rows[0].arrival_us, 4'314'579);
    EXPECT_EQ(raw.rows[1].id, 1);
    EXPECT_EQ(raw.rows[1].output, 109U);
}

TEST(TraceFile, reads_burstgpts_traces_and_leaves_out_what_had_failed) {
    const RawTrace raw = read(
        "Timestamp,Session ID,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
        "5,7,ChatGPT,472,18,490,Conversation log\n"
        "6,7,ChatGPT,10,0,10,API log\n"
        "45.5,8,GPT-4,1087,230,1317,Conversation log\n");
    ASSERT_EQ(raw.rows.size(), 2U);
    EXPECT_EQ(raw.left_out, 1U);
    EXPECT_EQ(raw.rows[1].arrival_us, 45'500'000);
    EXPECT_EQ(raw.rows[1].id, 1);
}

TEST(TraceFile, reads_mooncakes_traces) {
    const RawTrace raw = read("timestamp_ms,input_length,output_length\n3000,13544,71\n");
    ASSERT_EQ(raw.rows.size(), 1U);
    EXPECT_EQ(raw.rows[0].arrival_us, 3'000'000);
    EXPECT_EQ(raw.rows[0].prompt, 13'544U);
}

TEST(TraceFile, names_the_columns_that_are_missing) {
    EXPECT_THAT(complaint("id,arrival_us,output_tokens\n"),
                HasSubstr("r.csv:1: no column prompt_tokens, which Penstock's traces have"));
    EXPECT_THAT(complaint("TIMESTAMP,ContextTokens\n"),
                HasSubstr("no column GeneratedTokens, which Azure's traces have"));
    EXPECT_THAT(complaint("a,b,c\n"), HasSubstr("no column id, arrival_us, prompt_tokens"));
}

TEST(TraceFile, refuses_counts_that_are_none) {
    EXPECT_THAT(complaint_of_row("1,0,-5,1,1"),
                HasSubstr("r.csv:3: prompt_tokens is -5: no number of tokens from 0 to 100000000"));
    EXPECT_THAT(complaint_of_row("1,0,100000001,1,1"), HasSubstr("r.csv:3: prompt_tokens"));
    EXPECT_THAT(complaint_of_row("1,0,1,99999999999999999999,1"),
                HasSubstr("r.csv:3: output_tokens"));
    EXPECT_THAT(complaint_of_row("1,0,1,1,2.5"), HasSubstr("r.csv:3: predicted_output_tokens"));
    EXPECT_THAT(complaint_of_row("1,0,1,nan,1"), HasSubstr("r.csv:3: output_tokens is nan"));
    EXPECT_THAT(complaint_of_row("1,0,,1,1"), HasSubstr("r.csv:3: prompt_tokens is empty"));
}

TEST(TraceFile, refuses_times_and_ids_that_are_none) {
    EXPECT_THAT(complaint_of_row("1,soon,1,1,1"), HasSubstr("r.csv:3: arrival_us is soon"));
    EXPECT_THAT(complaint_of_row("1,1e3,1,1,1"), HasSubstr("r.csv:3: arrival_us is 1e3"));
    EXPECT_THAT(complaint_of_row("x,0,1,1,1"), HasSubstr("r.csv:3: id is x: no whole number"));
}

TEST(TraceFile, refuses_an_id_that_comes_twice) {
    EXPECT_THAT(complaint(std::string(header) + "7,0,1,1,1\n8,0,1,1,1\n7,9,1,1,1\n"),
                HasSubstr("r.csv:4: the id 7 stands in line 2 already"));
}

TEST(TraceFile, refuses_a_file_without_requests) {
    EXPECT_THAT(complaint(""), HasSubstr("r.csv:1: the file is empty"));
    EXPECT_THAT(complaint(header), HasSubstr("r.csv:1: no request follows"));
    EXPECT_THAT(complaint("Timestamp,Request tokens,Response tokens\n1,5,0\n"),
                HasSubstr("r.csv:2: no request follows"));
}

TEST(TraceFile, refuses_what_is_not_there) {
    const Result<RawTrace> raw = load_requests("/nonexistent/r.csv");
    ASSERT_FALSE(raw);
    EXPECT_THAT(raw.error().message(), HasSubstr("open /nonexistent/r.csv"));
}

TEST(TraceFile, prints_nothing_foreign_as_it_is) {
    EXPECT_THAT(complaint_of_row("1,0,\x1b[31m,1,1"), HasSubstr("prompt_tokens is ?[31m"));
}

TEST(Trace, is_in_the_order_of_arrival_and_of_ids) {
    const RawTrace raw = read(std::string(header) + "9,20,1,1,1\n5,10,2,1,1\n7,20,3,1,1\n");
    const Result<Trace> trace = make_trace(raw, 1);
    ASSERT_TRUE(trace);
    EXPECT_THAT(trace->ids, ElementsAre(5, 7, 9));
    EXPECT_THAT(trace->arrivals_ns, ElementsAre(0, 10'000, 10'000));
    EXPECT_THAT(trace->by_id, ElementsAre(0, 1, 2));
    EXPECT_EQ(trace->requests[1].prompt, 3U);
    EXPECT_EQ(trace->requests[1].number, 1U);
}

TEST(Trace, comes_faster_with_a_higher_rate) {
    const RawTrace raw = read(std::string(header) + "0,0,1,1,1\n1,1000000,1,1,1\n");
    EXPECT_EQ(make_trace(raw, 4)->arrivals_ns[1], 250'000'000);
    EXPECT_EQ(make_trace(raw, 0.5)->arrivals_ns[1], 2'000'000'000);
    EXPECT_DOUBLE_EQ(requests_per_second(*make_trace(raw, 4)), 4);
    EXPECT_EQ(make_trace(raw, 3)->arrivals_ns[1], 333'333'333);
}

TEST(Trace, sorts_by_id_those_whom_a_high_rate_brings_together) {
    const RawTrace raw = read(std::string(header) + "5,0,1,1,1\n3,1,1,1,1\n");
    EXPECT_THAT(make_trace(raw, 1e6)->ids, ElementsAre(3, 5));
}

TEST(Trace, refuses_times_that_no_run_reaches) {
    const RawTrace raw =
        read(std::string(header) + "0,-9000000000000000000,1,1,1\n1,9000000000000000000,1,1,1\n");
    EXPECT_THAT(make_trace(raw, 1).error().message(), HasSubstr("too far from each other"));
    const RawTrace long_one = read(std::string(header) + "0,0,1,1,1\n1,9000000000000000,1,1,1\n");
    EXPECT_THAT(make_trace(long_one, 1).error().message(), HasSubstr("longer than 36 years"));
}

TEST(ArrivalTimes, are_read_to_the_microsecond) {
    EXPECT_EQ(parse_arrival("1970-01-01 00:00:01", ArrivalForm::date), 1'000'000);
    EXPECT_EQ(parse_arrival("1970-01-02 00:00:00.5", ArrivalForm::date), 86'400'500'000);
    EXPECT_EQ(parse_arrival("2024-02-29 12:00:00.0000019", ArrivalForm::date),
              1'709'208'000'000'001);
    EXPECT_EQ(parse_arrival("0.0000015", ArrivalForm::seconds), 2);
    EXPECT_EQ(parse_arrival("-3", ArrivalForm::milliseconds), -3000);
}

TEST(ArrivalTimes, are_refused_where_they_are_none) {
    for (const char* text : {"",
                             "2023-11-16",
                             "2023-02-30 00:00:00",
                             "2023-11-16 24:00:00",
                             "2023-11-16T00:00:00",
                             "2023-11-16 00:60:00",
                             "2023-11-16 00:00:00,5",
                             "2023-11-16 00:00:00.x",
                             "2023-13-01 00:00:00",
                             "-023-11-16 00:00:00"}) {
        EXPECT_FALSE(parse_arrival(text, ArrivalForm::date)) << text;
    }
    for (const char* text : {"", "nan", "inf", "1e13", "5s"}) {
        EXPECT_FALSE(parse_arrival(text, ArrivalForm::seconds)) << text;
    }
    EXPECT_FALSE(parse_arrival("9223372036854775807", ArrivalForm::milliseconds));
}

}  // namespace
}  // namespace penstock::sim
