// SPDX-License-Identifier: Apache-2.0
//
// Policies, settings and explanations as a bus may carry them, also where no agent of ours sent
// them.

#include "client/ctl/policy_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "client/ctl/term_words.h"

namespace penstock::ctl {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// As a bus carries it: what is not negative is unsigned.
json operator""_bus(const char* text, std::size_t length) {
    return json::parse(text, text + length);
}

PolicyView view_of(const json& settings) {
    return {.name = "quick",
            .all = R"([["quick", "who comes first runs"], ["slow", "others run"]])"_bus,
            .settings = settings};
}

json shown(const json& settings) {
    return policy_json(view_of(settings))["settings"];
}

TEST(PolicyView, shows_each_setting_in_seconds_and_by_its_name_in_files) {
    const json settings =
        R"({"SettleUSec": 500, "Runners": 4096, "Firm": true, "Patience": 1})"_bus;
    EXPECT_EQ(shown(settings),
              R"({"SettleSec": 0.0005, "Runners": 4096, "Firm": true, "Patience": 1.0})"_bus);
    const std::string text = policy_text(view_of(settings));
    EXPECT_THAT(text, StartsWith("policy quick: who comes first runs\n"));
    EXPECT_THAT(text, testing::ContainsRegex("SettleSec +500us +a time span from 0 to 100ms +How"));
}

TEST(PolicyView, shows_no_setting_that_no_policy_can_have) {
    for (const json& settings : {R"({"SettleUSec": 100001})"_bus,
                                 R"({"SettleUSec": -1})"_bus,
                                 R"({"SettleUSec": 1.5})"_bus,
                                 R"({"SettleUSec": "500"})"_bus,
                                 R"({"AgingUSec": 3600000001})"_bus,
                                 R"({"AgingUSec": 18446744073709551615})"_bus,
                                 R"({"Runners": 0})"_bus,
                                 R"({"Runners": 4097})"_bus,
                                 R"({"Runners": 4294967297})"_bus,
                                 R"({"Runners": 2.0})"_bus,
                                 R"({"Firm": 1})"_bus,
                                 R"({"Patience": 1.01})"_bus,
                                 R"({"Patience": null})"_bus,
                                 R"({"Weather": true})"_bus,
                                 R"({"SettleSec": 500})"_bus,
                                 R"(["SettleUSec", 500])"_bus,
                                 R"("SettleUSec")"_bus,
                                 json()}) {
        EXPECT_EQ(shown(settings), json::object()) << settings;
        EXPECT_THAT(policy_text(view_of(settings)), EndsWith("it takes no settings\n")) << settings;
    }
    EXPECT_EQ(shown(R"({"AgingUSec": 3600000000, "Runners": -1})"_bus),
              R"({"AgingSec": 3600.0})"_bus)
        << "one that is wrong takes no other with it";
}

TEST(PolicyView, passes_over_rows_that_are_none) {
    PolicyView view = view_of({});
    view.all = R"(["quick", [], ["quick"], ["a", "b", "c"], ["quick", 5]])"_bus;
    EXPECT_EQ(json(policies_json(view)),
              R"([{"name": "quick", "sentence": "-", "present": true}])"_bus);
    view.all = 5;
    EXPECT_EQ(policies_json(view).size(), 0U);
    view.name = R"(["quick"])"_bus;
    EXPECT_EQ(policy_text(view), "policy -\nit takes no settings\n");
}

TEST(PolicyView, marks_the_present_policy_and_prints_nothing_that_steers_a_terminal) {
    PolicyView view = view_of({});
    EXPECT_THAT(policies_text(view), testing::ContainsRegex("\\* +quick +who"));
    EXPECT_THAT(policies_text(view), Not(testing::ContainsRegex("\\* +slow")));
    view.name = "\x1b[2J";
    view.all = R"([["\u001b[2J", "a\nb\u007f"]])"_bus;
    EXPECT_EQ(policy_text(view), "policy ?[2J: a?b?\nit takes no settings\n");
    EXPECT_THAT(policies_text(view), Not(HasSubstr("\x1b")));
}

TEST(ExplanationView, has_a_line_per_device_and_its_sentences_below) {
    const json rows = R"([[7, [0, 1], "preempted", ["it waits", "for another"]],
                          [8, [3], "running", []]])"_bus;
    EXPECT_EQ(explanation_text(rows),
              "device 7, queues 0, 1: preempted\n"
              "  it waits\n"
              "  for another\n"
              "device 8, queue 3: running\n");
    EXPECT_EQ(json(explanation_json(rows)),
              R"([{"gpu_id": 7, "queues": [0, 1], "state": "preempted",
                   "sentences": ["it waits", "for another"]},
                  {"gpu_id": 8, "queues": [3], "state": "running", "sentences": []}])"_bus);
}

TEST(ExplanationView, passes_over_rows_of_another_form_and_never_fails) {
    const json good = R"([7, [0], "running", ["it runs"]])"_bus;
    for (const json& odd : {json(),
                            R"("row")"_bus,
                            R"([7, [0], "running"])"_bus,
                            R"(["7", [0], "running", ["it runs"]])"_bus,
                            R"([-7, [0], "running", ["it runs"]])"_bus,
                            R"([7, 0, "running", ["it runs"]])"_bus,
                            R"([7, [0], "running", "it runs"])"_bus,
                            R"([7, [0], "running", ["it runs"], 5])"_bus}) {
        EXPECT_EQ(explanation_text(json::array({odd, good})),
                  "device 7, queue 0: running\n  it runs\n")
            << odd;
        EXPECT_EQ(explanation_json(json::array({odd, good})).size(), 1U) << odd;
    }
    EXPECT_EQ(explanation_text("rows"), "");
    EXPECT_EQ(explanation_text(json()), "");
}

TEST(ExplanationView, bounds_sentences_and_keeps_what_they_quote_printable) {
    json rows = R"x([[7, [0], 5, ["", 7, "process 9 (\u001b[2J\r)"]]])x"_bus;
    rows[0][3][0] = std::string(5000, 'x');
    EXPECT_EQ(explanation_text(rows),
              "device 7, queue 0: -\n  " + std::string(2048, 'x') + "\n  -\n  process 9 (?[2J?)\n");
}

TEST(TermWords, are_read_up_to_what_their_numbers_hold) {
    const Outcome<ProcessTerms> terms =
        parse_terms({"priority=-2147483648", "weight=4294967295", "class=a=b", "cost=1us"});
    ASSERT_TRUE(terms) << "which values there are is the agent's to say";
    EXPECT_EQ(terms->priority, std::numeric_limits<std::int32_t>::min());
    EXPECT_EQ(terms->weight, std::numeric_limits<std::uint32_t>::max());
    EXPECT_EQ(terms->service_class, "a=b");
    EXPECT_EQ(terms->cost, std::chrono::microseconds(1));
    EXPECT_FALSE(terms->deadline);
}

TEST(TermWords, are_refused_with_what_was_expected_and_nothing_that_steers_a_terminal) {
    for (const auto& [word, sentence] :
         {std::pair("priority=2147483648", "expected priority=N with N in -20..20"),
          std::pair("weight=4294967296", "expected weight=N with N in 1..10000"),
          std::pair("weight", "expected weight=N"),
          std::pair("deadline=", "expected deadline=SPAN, as 50ms, or none"),
          std::pair("deadline=0", "expected deadline=SPAN"),
          std::pair("cost=99999999999999999999s", "expected cost=SPAN, as 5ms, or none"),
          std::pair("Class=batch", "expected priority=N, weight=N, class=NAME"),
          std::pair("=5", "expected priority=N, weight=N"),
          std::pair("", "expected priority=N, weight=N"),
          std::pair("\x1b[2J=1", "\"?[2J=1\" can not be set")}) {
        const Outcome<ProcessTerms> terms = parse_terms({word});
        ASSERT_FALSE(terms) << word;
        EXPECT_THAT(terms.error().sentence, HasSubstr(sentence));
    }
    EXPECT_THAT(parse_terms({"cost=none", "cost=none"}).error().sentence,
                HasSubstr("\"cost=none\" comes after another value"));
}

}  // namespace
}  // namespace penstock::ctl
