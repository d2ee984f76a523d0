// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/batching/stage.h"

namespace penstock::sim {
namespace {

using batching::Mode;
using testing::ElementsAre;
using testing::HasSubstr;

BatchingConfig made(std::string_view text) {
    const Result<BatchingConfig> config = make_config(values_of(text));
    EXPECT_TRUE(config) << config.error().message();
    return config.value_or(BatchingConfig{});
}

// Of the text, or of what it means.
std::string complaint(std::string_view text) {
    const Result<ConfigValues> values = ConfigValues::parse("c.json", text);
    if (!values) {
        return values.error().message();
    }
    const Result<BatchingConfig> config = make_config(*values);
    EXPECT_FALSE(config) << text;
    return config ? "" : config.error().message();
}

TEST(BatchingConfig, has_the_published_defaults) {
    const BatchingConfig config = made(R"({"mode": "multi_bin_dynamic"})");
    EXPECT_EQ(config.batching.mode, Mode::multi_bin_dynamic);
    EXPECT_EQ(config.devices, 1U);
    EXPECT_EQ(config.rps_scale, 1.0);
    EXPECT_EQ(config.late_ns, 1'000'000'000);
    EXPECT_EQ(config.service.kind, batching::ServiceTime::Kind::seed);
    EXPECT_EQ(config.service.alpha, 0.010);
    EXPECT_EQ(config.service.beta, 0.0002);
    EXPECT_EQ(config.service.gamma, 0.3);
    EXPECT_EQ(config.batching.fixed, 8U);
    EXPECT_EQ(config.batching.bounds.least, 1U);
    EXPECT_EQ(config.batching.bounds.most, 128U);
    EXPECT_EQ(config.batching.capacity, 262'144);
    EXPECT_EQ(config.batching.theta, 1.6448536269514722);
    EXPECT_EQ(config.batching.sla.target_ns, 1'000'000'000);
    EXPECT_EQ(config.batching.sla.slack_ns, 50'000'000);
    EXPECT_EQ(config.batching.sla.alpha, 4);
    EXPECT_EQ(config.batching.sla.delta, 4);
    EXPECT_EQ(config.batching.sla.window, 4U);
    EXPECT_EQ(config.batching.sla.scope, batching::FeedbackScope::per_bin);
    EXPECT_EQ(config.batching.bins, 4U);
    EXPECT_EQ(config.batching.key, batching::BinKey::total);
    EXPECT_EQ(config.batching.policy, batching::BinPolicy::round_robin);
    EXPECT_EQ(config.step, StepKind::token);
}

TEST(BatchingConfig, reads_every_key) {
    const BatchingConfig config = made(R"({
        "mode": "continuous", "num_gpus": 3, "rps_scale": 2, "d_sla_s": 0.25,
        "latency": {"kind": "linear", "alpha": 1, "beta": 2, "beta_b": 0.5},
        "b_fixed": 9, "b_min": 2, "b_max": 7.0, "kv_capacity_tokens": 1e5, "mem_theta": -1,
        "ctl": {"target_s": 3, "eps_s": 0, "alpha": 5, "delta": 6, "window": 7, "scope": "shared"},
        "k_bins": 3, "bin_key": "output", "bin_boundaries": [10, 20], "bin_policy": "longest",
        "step": {"kind": "chunked", "token_budget": 99, "block": 8, "kv": "paged",
                 "c0": 0.1, "w": 0.2, "c_tok": 0.3, "c_kv": 0.4}})");
    EXPECT_EQ(config.batching.mode, Mode::continuous);
    EXPECT_EQ(config.devices, 3U);
    EXPECT_EQ(config.late_ns, 250'000'000);
    EXPECT_EQ(config.service.beta_b, 0.5);
    EXPECT_EQ(config.batching.fixed, 9U);
    EXPECT_EQ(config.batching.bounds.least, 2U);
    EXPECT_EQ(config.batching.bounds.most, 7U) << "a whole number may be spelt with a point";
    EXPECT_EQ(config.batching.capacity, 100'000);
    EXPECT_EQ(config.batching.theta, -1);
    EXPECT_EQ(config.batching.sla.target_ns, 3'000'000'000);
    EXPECT_EQ(config.batching.sla.slack_ns, 0);
    EXPECT_EQ(config.batching.sla.alpha, 5);
    EXPECT_EQ(config.batching.sla.delta, 6);
    EXPECT_EQ(config.batching.sla.window, 7U);
    EXPECT_EQ(config.batching.sla.scope, batching::FeedbackScope::shared);
    EXPECT_EQ(config.batching.key, batching::BinKey::output);
    EXPECT_THAT(config.batching.boundaries, ElementsAre(10, 20));
    EXPECT_EQ(config.batching.policy, batching::BinPolicy::longest);
    EXPECT_EQ(config.chunks.token_budget, 99U);
    EXPECT_EQ(config.chunks.block, 8U);
    EXPECT_TRUE(config.chunks.paged);
    EXPECT_EQ(config.step_time.constant, 0.1);
    EXPECT_EQ(config.step_time.weights, 0.2);
    EXPECT_EQ(config.step_time.per_token, 0.3);
    EXPECT_EQ(config.step_time.per_cached_token, 0.4);
}

TEST(BatchingConfig, may_have_empty_sections_and_no_boundaries) {
    EXPECT_EQ(made(R"({"mode": "continuous", "ctl": {}, "step": {}, "bin_boundaries": null})").step,
              StepKind::token);
}

TEST(BatchingConfig, needs_a_mode) {
    EXPECT_EQ(complaint("{}"), "c.json:1: mode is missing");
    EXPECT_THAT(complaint("{\n\"mode\": \"lottery\"}"),
                HasSubstr("c.json:2: mode is none of: static_fifo, dynamic_no_bins"));
    EXPECT_THAT(complaint(R"({"mode": 3})"), HasSubstr("c.json:1: mode is none of"));
}

TEST(BatchingConfig, says_where_a_key_is_that_nobody_knows) {
    EXPECT_EQ(complaint("{\"mode\": \"continuous\",\n\n \"b_mox\": 3}"),
              "c.json:3: b_mox is not known here; did you mean b_max?");
    EXPECT_THAT(complaint("{\"mode\": \"continuous\", \"ctl\": {\n\"beta\": 3}}"),
                HasSubstr("c.json:2: ctl.beta is not known here"));
    EXPECT_THAT(complaint(R"({"mode": "continuous", "moods": {}})"),
                HasSubstr("c.json:1: moods is not known here"));
    EXPECT_THAT(complaint(R"({"mode": "continuous", "latency": 5})"),
                HasSubstr("c.json:1: latency is no object"));
}

TEST(BatchingConfig, bounds_numbers) {
    for (const auto& [key, value] : std::initializer_list<std::pair<const char*, const char*>>{
             {"num_gpus", "0"},
             {"num_gpus", "1025"},
             {"num_gpus", "1.5"},
             {"num_gpus", "\"1\""},
             {"rps_scale", "0"},
             {"rps_scale", "-1"},
             {"rps_scale", "1e99"},
             {"d_sla_s", "-0.5"},
             {"d_sla_s", "true"},
             {"b_fixed", "0"},
             {"b_min", "0"},
             {"b_max", "99999999"},
             {"kv_capacity_tokens", "0"},
             {"kv_capacity_tokens", "18446744073709551615"},
             {"mem_theta", "null"},
             {"k_bins", "0"},
             {"k_bins", "5000"},
             {"bin_policy", "\"any\""},
             {"bin_key", "7"},
             {"bin_boundaries", "[3, 1, 2]"},
             {"bin_boundaries", "7"},
             {"ctl", R"({"window": 0})"},
             {"ctl", R"({"scope": "none"})"},
             {"ctl", R"({"alpha": -1})"},
             {"latency", R"({"beta": -0.1})"},
             {"latency", R"({"kind": "cubic"})"},
             {"step", R"({"kind": "word"})"}}) {
        const std::string said =
            complaint(fmt::format("{{\"mode\": \"continuous\",\n\"{}\": {}}}", key, value));
        EXPECT_THAT(said, HasSubstr(fmt::format("c.json:2: {}", key))) << value;
    }
}

TEST(BatchingConfig, knows_what_each_kind_takes) {
    EXPECT_EQ(complaint(R"({"mode": "continuous", "latency": {"kind": "linear", "beta": 1,
                            "beta_b": 1}})"),
              "c.json:1: latency.alpha is missing");
    EXPECT_THAT(complaint(R"({"mode": "continuous", "latency": {"beta_b": 1}})"),
                HasSubstr("latency.beta_b is not known for the kind seed"));
    EXPECT_THAT(complaint(R"({"mode": "continuous",
                              "latency": {"kind": "linear", "alpha": 1, "beta": 1, "beta_b": 1,
                                          "gamma": 0}})"),
                HasSubstr("latency.gamma is not known for the kind linear"));
    EXPECT_THAT(complaint(R"({"mode": "continuous", "step": {"block": 4}})"),
                HasSubstr("step.block is not known for the kind token"));
    EXPECT_THAT(complaint(R"({"mode": "continuous", "step": {"kind": "chunked", "c0": 1, "w": 1,
                              "c_tok": 1, "c_kv": 1}})"),
                HasSubstr("step.token_budget is missing"));
}

TEST(BatchingConfig, sees_what_does_not_go_together) {
    EXPECT_EQ(complaint("{\"mode\": \"continuous\",\n\"b_min\": 9, \"b_max\": 8}"),
              "c.json:2: b_min is 9, more than b_max, which is 8");
    EXPECT_EQ(complaint(R"({"mode": "continuous", "k_bins": 3, "bin_boundaries": [1]})"),
              "c.json:1: bin_boundaries has 1 numbers; between 3 bins there are 2");
}

TEST(BatchingConfig, is_refused_where_it_is_no_json) {
    EXPECT_THAT(complaint("{\"mode\":\n\"continuous\",\n}"),
                HasSubstr("c.json:3: this is no JSON"));
    EXPECT_THAT(complaint(""), HasSubstr("c.json:1: this is no JSON"));
    EXPECT_THAT(complaint("{\"d_sla_s\": NaN}"), HasSubstr("this is no JSON"));
    EXPECT_THAT(complaint("{} {}"), HasSubstr("this is no JSON"));
}

TEST(BatchingConfig, is_refused_where_it_is_no_object_of_values) {
    for (const char* text : {"[]", "5", "\"x\"", "null", "[{}]"}) {
        EXPECT_THAT(complaint(text), HasSubstr("c.json:1: this is no object")) << text;
    }
    EXPECT_THAT(complaint(R"({"mode": "continuous", "mode": "continuous"})"),
                HasSubstr("mode stands there twice"));
    for (const char* list : {"[1.5]", "[[1]]", "[{}]", "[\"a\"]", "[null]"}) {
        EXPECT_THAT(complaint(fmt::format("{{\"bin_boundaries\": {}}}", list)),
                    HasSubstr("a list holds whole numbers only"))
            << list;
    }
    EXPECT_THAT(complaint(R"({"a": {"b": {"c": {"d": {}}}}})"), HasSubstr("nested too deeply"));
    EXPECT_THAT(complaint(std::string(100'000, '[')), HasSubstr("c.json:1: "));
    std::string many = "{\"k\": 1";
    for (std::size_t number = 0; number < 1000; ++number) {
        many += fmt::format(", \"k{}\": 1", number);
    }
    EXPECT_THAT(complaint(many + "}"), HasSubstr("there are too many keys"));
}

TEST(ConfigValues, can_be_changed) {
    ConfigValues values = values_of(R"({"mode": "static_fifo", "ctl": {"alpha": 1}})");
    for (const char* change :
         {"mode=continuous", "ctl.alpha=7", "b_max=9", "bin_boundaries=[1,2,3]"}) {
        EXPECT_TRUE(values.change(change)) << change;
    }
    const Result<BatchingConfig> config = make_config(values);
    ASSERT_TRUE(config) << config.error().message();
    EXPECT_EQ(config->batching.mode, Mode::continuous);
    EXPECT_EQ(config->batching.sla.alpha, 7);
    EXPECT_EQ(config->batching.bounds.most, 9U);
    EXPECT_THAT(config->batching.boundaries, ElementsAre(1, 2, 3));
}

TEST(ConfigValues, refuse_changes_that_are_none) {
    ConfigValues values = values_of("{}");
    for (const char* change : {"", "mode", "=3", "ctl={}", "ctl={\"alpha\":1}", "x=[1.5]"}) {
        EXPECT_FALSE(values.change(change)) << change;
    }
}

std::string misfit(std::string_view config, RawTrace raw) {
    const Result<BatchingRun> run = run_batching(inputs_of(std::move(raw), config), {});
    EXPECT_FALSE(run);
    return run ? "" : run.error().message();
}

TEST(BatchingConfig, must_fit_to_the_requests) {
    EXPECT_EQ(misfit("{\"mode\": \"multi_bin_dynamic\",\n\"k_bins\": 3}",
                     trace_of({{0, 1, 1}, {0, 2, 2}})),
              "config.json:2: there are 3 bins for 2 requests: k_bins is at most as many, unless "
              "bin_boundaries are given");
    EXPECT_EQ(misfit("{\"mode\": \"static_fifo\",\n\"kv_capacity_tokens\": 9}",
                     trace_of({{0, 5, 5}, {0, 50, 50}})),
              "config.json:2: kv_capacity_tokens is 9, and no request needs less than 10");
    EXPECT_THAT(misfit(R"({"mode": "static_fifo", "latency": {"beta": 1000}})",
                       trace_of({{0, 5000, 5000}})),
                HasSubstr("would take longer than 1000000 s"));
}

TEST(BatchingConfig, takes_as_many_bins_as_it_is_given_boundaries_for) {
    const BatchingInputs inputs = inputs_of(
        trace_of({{0, 1, 1}}), R"({"mode": "multi_bin_dynamic", "bin_boundaries": [1, 2, 3]})");
    EXPECT_EQ(run_of(inputs).figures.requests, 1U);
}

}  // namespace
}  // namespace penstock::sim
