// SPDX-License-Identifier: Apache-2.0
//
// The verbs from files to what is printed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/batching/batching_verb.h"
#include "sim/batching/calibration_verbs.h"
#include "sim/whole_file.h"
#include "tests/fakes/temporary_tree.h"

namespace penstock::sim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr std::string_view some_requests =
    "id,arrival_us,prompt_tokens,output_tokens\n"
    "0,0,10,5\n1,1000,200,50\n2,2000,15,5\n3,30000,300,70\n4,40000,20,9\n";

struct Printed {
    std::string out{};
    std::string error{};
    std::string failure{};  // Nothing when there was none.
};

template <typename Verb>
Printed printed_by(const Verb& verb) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const Result<> done = run(verb);
    std::fflush(nullptr);
    Printed printed{.out = testing::internal::GetCapturedStdout(),
                    .error = testing::internal::GetCapturedStderr()};
    printed.failure = done ? "" : done.error().message();
    return printed;
}

class BatchingVerb : public testing::Test {
  protected:
    Batching verb(std::string_view config = R"({"mode": "static_fifo"})") {
        return {.requests = tree_.write("r.csv", some_requests),
                .config = tree_.write("c.json", config)};
    }

    [[nodiscard]] std::string path(const std::string& name) const {
        return tree_.root() + "/" + name;
    }

    fakes::TemporaryTree tree_{};
};

TEST_F(BatchingVerb, prints_exactly_one_object) {
    const Printed printed = printed_by(verb());
    EXPECT_EQ(printed.failure, "");
    EXPECT_EQ(printed.error, "");
    EXPECT_EQ(json::parse(printed.out)["n"], 5);
    EXPECT_EQ(std::ranges::count(printed.out, '\n'), 1);
}

TEST_F(BatchingVerb, prints_the_same_each_time) {
    const Batching asked = verb(R"({"mode": "multi_bin_dynamic", "num_gpus": 2})");
    EXPECT_EQ(printed_by(asked).out, printed_by(asked).out);
}

TEST_F(BatchingVerb, writes_requests_and_events) {
    Batching asked = verb();
    asked.out_requests = path("requests");
    asked.out_events = path("events");
    EXPECT_EQ(printed_by(asked).failure, "");
    const Result<std::string> requests = read_whole(asked.out_requests, 10'000);
    ASSERT_TRUE(requests);
    EXPECT_EQ(std::ranges::count(*requests, '\n'), 6);
    const Result<std::string> events = read_whole(asked.out_events, 10'000);
    ASSERT_TRUE(events);
    EXPECT_THAT(*events, HasSubstr("0 arrives 0\n0 gpu0 starts 0 until 13000000\n"));
}

TEST_F(BatchingVerb, says_what_it_can_not_write) {
    Batching asked = verb();
    asked.out_requests = "/proc/nowhere/here";
    EXPECT_THAT(printed_by(asked).failure, HasSubstr("/proc/nowhere/here"));
}

TEST_F(BatchingVerb, compares_modes_and_says_which_are_the_same) {
    Batching asked = verb();
    asked.task = Batching::Task::compare;
    const Printed printed = printed_by(asked);
    EXPECT_EQ(printed.failure, "");
    EXPECT_THAT(printed.out, HasSubstr("static_fifo B=8"));
    EXPECT_THAT(printed.out, HasSubstr("continuous"));
    EXPECT_THAT(printed.error,
                HasSubstr("warning: static_fifo B=8 and static_fifo B=32 are the same"));
    asked.json = true;
    EXPECT_EQ(json::parse(printed_by(asked).out)["runs"].size(), 7U);
}

TEST_F(BatchingVerb, sweeps_through_a_key) {
    Batching asked = verb(R"({"mode": "multi_bin_dynamic"})");
    asked.task = Batching::Task::sweep;
    asked.sweep = "k_bins=1,2,3";
    asked.json = true;
    const json told = json::parse(printed_by(asked).out);
    ASSERT_EQ(told["runs"].size(), 3U);
    EXPECT_EQ(told["runs"][1]["name"], "k_bins=2");
    asked.sweep = "k_bins=1,9";
    const Printed refused = printed_by(asked);
    EXPECT_EQ(refused.out, "") << "nothing is printed of what can not be finished";
    EXPECT_THAT(refused.failure, HasSubstr("there are 9 bins for 5 requests"));
}

TEST_F(BatchingVerb, searches_for_the_capacity) {
    Batching asked = verb(R"({"mode": "static_fifo", "b_fixed": 1, "d_sla_s": 0.1})");
    asked.task = Batching::Task::capacity;
    asked.most_late_percent = 0;
    const Printed printed = printed_by(asked);
    EXPECT_EQ(printed.failure, "");
    EXPECT_GT(json::parse(printed.out)["capacity_rps"].get<double>(), 1);
}

TEST_F(BatchingVerb, draws_other_arrivals) {
    Batching asked = verb();
    asked.arrivals = ArrivalProcess{.per_second = 0.001};
    const json told = json::parse(printed_by(asked).out);
    EXPECT_GT(told["makespan_ns"].get<std::int64_t>(), 100'000'000'000);
    EXPECT_EQ(told["max_batch"], 1);
}

TEST_F(BatchingVerb, holds_batches_back_for_a_while) {
    Batching asked = verb(R"({"mode": "static_fifo", "b_fixed": 4, "latency": {"alpha": 1}})");
    EXPECT_EQ(json::parse(printed_by(asked).out)["batches"], 2);
    asked.scales = parse_scales("0:0.25,1.5:1").value();
    const json told = json::parse(printed_by(asked).out);
    EXPECT_EQ(told["batches"], 3) << "of 1, of 1 and of 3";
    EXPECT_EQ(told["max_batch"], 3);
}

TEST_F(BatchingVerb, takes_changes) {
    Batching asked = verb();
    asked.changes = {"b_fixed=1"};
    EXPECT_EQ(json::parse(printed_by(asked).out)["batches"], 5);
    asked.changes = {"b_fixed"};
    EXPECT_THAT(printed_by(asked).failure, HasSubstr("b_fixed is no KEY=VALUE"));
}

TEST_F(BatchingVerb, takes_times_from_a_calibration_and_says_how_far_it_reaches) {
    Batching asked = verb();
    asked.calibration = tree_.write("g.csv",
                                    "batch_size,max_seq_len,mean_latency_sec\n"
                                    "1,100,1\n1,200,2\n2,100,1\n2,200,2\n");
    const Printed printed = printed_by(asked);
    EXPECT_EQ(printed.failure, "");
    EXPECT_THAT(printed.error, HasSubstr("warning: batches of 15 to 370 tokens were simulated"));
    EXPECT_GT(json::parse(printed.out)["makespan_ns"].get<std::int64_t>(), 1'000'000'000);
    asked.calibration = tree_.write("g.csv", "batch_size,max_seq_len,mean_latency_sec\n1,1,nan\n");
    EXPECT_THAT(printed_by(asked).failure, HasSubstr("g.csv:2: mean_latency_sec: nan"));
}

TEST_F(BatchingVerb, computes_nothing_from_what_is_wrong) {
    Batching asked = verb(R"({"mode": "static_fifo", "b_max": 0})");
    Printed printed = printed_by(asked);
    EXPECT_EQ(printed.out, "");
    EXPECT_THAT(printed.failure, HasSubstr("c.json:1: b_max is no whole number"));
    asked = verb();
    asked.requests = tree_.write("r.csv", std::string(some_requests) + "5,1,-1,1\n");
    printed = printed_by(asked);
    EXPECT_EQ(printed.out, "");
    EXPECT_THAT(printed.failure, HasSubstr("r.csv:7: prompt_tokens is -1"));
    asked.requests = path("absent");
    EXPECT_THAT(printed_by(asked).failure, HasSubstr("open "));
}

TEST_F(BatchingVerb, tells_of_requests_that_are_left_out) {
    Batching asked = verb();
    asked.requests =
        tree_.write("b.csv", "Timestamp,Request tokens,Response tokens\n1,5,5\n2,5,0\n");
    const Printed printed = printed_by(asked);
    EXPECT_EQ(json::parse(printed.out)["n"], 1);
    EXPECT_THAT(printed.error, HasSubstr("b.csv: 1 requests that had failed are left out"));
}

TEST_F(BatchingVerb, calibrates) {
    const Calibrate asked{.grid = tree_.write("g.csv",
                                              "batch_size,max_seq_len,mean_latency_sec\n"
                                              "1,100,0.2\n1,200,0.3\n2,100,0.3\n2,200,0.5\n")};
    const Printed printed = printed_by(asked);
    EXPECT_EQ(printed.failure, "");
    const json told = json::parse(printed.out);
    EXPECT_NEAR(told["latency"]["alpha"].get<double>(), 0.1, 1e-9);
    EXPECT_NEAR(told["latency"]["beta"].get<double>(), 0.001, 1e-9);
    EXPECT_NEAR(told["latency"]["gamma"].get<double>(), 2, 1e-6);
    const Calibrate singular{
        .grid = tree_.write("g.csv", "batch_size,max_seq_len,mean_latency_sec\n1,1,1\n")};
    EXPECT_THAT(printed_by(singular).failure, HasSubstr("g.csv: the points do not determine"));
}

TEST_F(BatchingVerb, bounds_what_it_reads) {
    EXPECT_TRUE(read_whole(tree_.write("f", "12345"), 5));
    const Result<std::string> read = read_whole(tree_.write("f", "123456"), 5);
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message(), HasSubstr("larger than 5 bytes"));
    EXPECT_FALSE(read_whole(tree_.root(), 5)) << "a folder";
}

}  // namespace
}  // namespace penstock::sim
